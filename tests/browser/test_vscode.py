"""VS Code's notebooks, by what they define around a widget: the variables of a theme, and classes on the body.

VS Code itself is not run. The page has the default colours of its four default themes, and what its Jupyter extension
adds: a white ground under every widget, and Jupyter's own variables as in a light theme.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Browser, expect

from kanwidget import KAN, create_dataset

from .audit import violations
from .hosts.static import StaticPage, open_file
from .widget import Widget

THEMES = {
    "light": {
        "kind": "vscode-light",
        "editor-background": "#ffffff",
        "editor-foreground": "#3b3b3b",
        "panel-border": "#e5e5e5",
        "input-border": "#cecece",
    },
    "dark": {
        "kind": "vscode-dark",
        "editor-background": "#1f1f1f",
        "editor-foreground": "#cccccc",
        "panel-border": "#2b2b2b",
        "input-border": "#3c3c3c",
    },
    "high-contrast": {
        "kind": "vscode-high-contrast",
        "editor-background": "#000000",
        "editor-foreground": "#ffffff",
        "contrastBorder": "#6fc3df",
        "panel-border": "#6fc3df",
    },
    "high-contrast-light": {
        "kind": "vscode-high-contrast-light",
        "editor-background": "#ffffff",
        "editor-foreground": "#292929",
        "contrastBorder": "#0f4a85",
        "panel-border": "#0f4a85",
    },
}

# Solarized Dark: its text is too faint for small type.
FAINT = {"kind": "vscode-dark", "editor-background": "#002b36", "editor-foreground": "#839496"}

AROUND = """
.cell-output-ipywidget-background { background: white !important; }
:root { --jp-layout-color0: white; --jp-ui-font-color1: rgba(0, 0, 0, 0.87); --jp-border-color2: #e0e0e0; }
"""

ADOPT = """(theme) => {
    const { kind, ...colours } = theme;
    const page = document.documentElement;
    page.removeAttribute("style");
    for (const [name, colour] of Object.entries(colours)) page.style.setProperty(`--vscode-${name}`, colour);
    document.body.className = kind;
    document.body.dataset.vscodeThemeKind = kind;
    document.body.style.background = "var(--vscode-editor-background)";
    document.querySelector(".kanwidget").parentElement.classList.add("cell-output-ipywidget-background");
}"""

COLOURS = """(root) => {
    const { backgroundColor, color } = getComputedStyle(root);
    return [backgroundColor, color];
}"""


def rgb(colour: str) -> str:
    """As a browser writes it."""
    return f"rgb({', '.join(str(int(colour[n : n + 2], 16)) for n in (1, 3, 5))})"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    f = lambda x: torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2)  # noqa: E731
    dataset = create_dataset(f, n_var=2, seed=0)
    model = KAN(width=[2, 5, 1], grid=5, k=3, seed=0, dtype=torch.float64)
    model.fit(dataset, steps=20, lamb=0.01, lamb_entropy=10.0, progress=False)
    path = tmp_path_factory.mktemp("vscode") / "page.html"
    widget = model.explore(dataset)
    widget.session.fix(0, 0, 0, "sin")
    widget.session.suggest(0, 1, 0)
    widget.to_html(path)
    return path


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[StaticPage]:
    with open_file(browser, file) as page:
        page.page.add_style_tag(content=AROUND)
        Widget(page).has(theme="light")  # it has come up
        yield page
        assert page.log.errors == []
        assert page.log.foreign == []


@pytest.mark.parametrize("name", THEMES)
def test_the_theme_is_followed_and_can_be_read(page: StaticPage, name: str) -> None:
    theme, widget = THEMES[name], Widget(page)
    page.page.evaluate(ADOPT, theme)  # as when a person chooses another theme while the notebook is open
    widget.has(theme="dark" if name in ("dark", "high-contrast") else "light")
    widget.has(contrast="more" if "contrast" in name else "normal")
    page.until(
        lambda: widget.root.evaluate(COLOURS) == [rgb(theme["editor-background"]), rgb(theme["editor-foreground"])],
        "colours of the theme",
    )
    page.page.wait_for_timeout(700)  # a theme is looked at again when the host may have finished with it
    found = {"opened": violations(widget)}
    page.screenshot(f"vscode-{name}")
    widget.press("whatif")
    found["what if"] = violations(widget)
    widget.press("whatif")
    widget.edge(0, 1, 0).click()
    expect(widget.root.locator("[data-candidate]").first).to_be_visible()
    found["edge"] = violations(widget)
    page.screenshot(f"vscode-{name}-edge")
    faults = [f"{state}: {line}" for state, lines in found.items() for line in lines]
    assert not faults, "\n".join(faults)


def test_borders_are_those_of_high_contrast(page: StaticPage) -> None:
    widget = Widget(page)
    page.page.evaluate(ADOPT, THEMES["high-contrast"])
    widget.has(contrast="more")
    border = "root => getComputedStyle(root).borderTopColor"
    page.until(lambda: widget.root.evaluate(border) == rgb("#6fc3df"), "border of contrast")


def test_a_theme_with_faint_text_keeps_its_ground_and_gets_ink_that_can_be_read(page: StaticPage) -> None:
    widget = Widget(page)
    page.page.evaluate(ADOPT, FAINT)
    widget.has(theme="dark")
    page.page.wait_for_timeout(700)
    ground, ink = widget.root.evaluate(COLOURS)
    assert ground == rgb(FAINT["editor-background"])
    assert ink != rgb(FAINT["editor-foreground"])
    assert violations(widget) == []
    page.screenshot("vscode-faint")
