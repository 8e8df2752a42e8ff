"""The self-contained page: one file, no kernel, every request refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Browser, expect

from kanwidget import KAN, KANWidget, create_dataset, examples

from .hosts.static import StaticPage, open_file
from .widget import Widget


def f(x: torch.Tensor) -> torch.Tensor:
    return torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2)


@pytest.fixture(scope="module")
def model() -> KAN:
    """A network that was trained, pruned and named."""
    dataset = create_dataset(f, n_var=2, seed=0)
    model = KAN(width=[2, 5, 1], grid=5, k=3, seed=0, dtype=torch.float64)
    model.fit(dataset, steps=20, lamb=0.01, lamb_entropy=10.0, progress=False)
    model = model.prune()
    model.auto_symbolic(dataset, verbose=False)
    return model


@pytest.fixture(scope="module")
def file(model: KAN, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("static") / "page.html"
    model.explore(create_dataset(f, n_var=2, seed=0)).to_html(path)
    return path


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[StaticPage]:
    with open_file(browser, file) as page:
        yield page
        assert page.log.errors == []
        assert page.log.foreign == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shows_the_network_and_its_formula(page: StaticPage, theme: str) -> None:
    page.theme("dark" if theme == "dark" else "light")
    widget = Widget(page)
    widget.has(status="static")
    assert widget.edges == 3
    expect(widget.root.locator("math").first).to_be_visible()
    page.screenshot(theme)


def test_what_needs_a_kernel_is_off(page: StaticPage) -> None:
    root = Widget(page).root
    for act in ("play", "step", "prune", "undo"):
        expect(root.locator(f'[data-act="{act}"]')).to_be_disabled()


def test_moving_an_input_moves_the_output_as_the_model_does(page: StaticPage, model: KAN) -> None:
    widget = Widget(page)
    seen = set()
    for share in (0.15, 0.5, 0.85):
        widget.probe(0, share)
        widget.probe(1, 1 - share)
        expected = model(torch.tensor([widget.inputs], dtype=torch.float64)).item()
        assert widget.output == pytest.approx(expected, abs=1e-3)
        seen.add(widget.output)
    assert len(seen) == 3
    page.screenshot("probe")


def test_a_finger_moves_an_input(page: StaticPage) -> None:
    widget = Widget(page)
    box = widget.root.locator('[data-input="0"] .kw-hit').bounding_box()
    assert box is not None
    finger = page.page.context.new_cdp_session(page.page)
    y = box["y"] + box["height"] / 2
    for kind, share in (("touchStart", 0.5), ("touchMove", 0.6), ("touchMove", 0.9)):
        point = {"x": box["x"] + share * box["width"], "y": y}
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.until(lambda: widget.inputs[0] > 0.9, "input moved")


def test_what_if_works_without_a_kernel(page: StaticPage, model: KAN) -> None:
    widget = Widget(page)
    widget.press("whatif")
    slider = widget.root.locator('[data-whatif="1"]')
    slider.press("End")
    slider.press("Shift+ArrowLeft")
    widget.enter("whatif 0", "0.25")
    page.until(lambda: widget.inputs[0] == 0.25, "typed value")
    expected = model(torch.tensor([widget.inputs], dtype=torch.float64)).item()
    page.until(lambda: widget.output == pytest.approx(expected, abs=1e-3), "output of the model")
    page.screenshot("what-if")


def test_the_history_can_be_walked_and_compared(browser: Browser, model: KAN, tmp_path: Path) -> None:
    widget = model.explore(create_dataset(f, n_var=2, seed=0))
    first = next(iter(model.edges()))
    widget.session.remove_edge(*first)
    widget.fit(steps=2)
    widget.to_html(tmp_path / "page.html")
    with open_file(browser, tmp_path / "page.html") as page:
        shown = Widget(page)
        shown.has(step=2)
        assert shown.edges == 2
        shown.moment("Start").click()
        shown.has(step=0)
        assert shown.edges == 3
        expect(shown.root.locator("math").first).to_be_visible()
        shown.press("compare")
        expect(shown.root.locator('[data-part="versus"]')).to_contain_text("Remove edge")
        page.screenshot("history")
        assert page.log.errors == []
        assert page.log.foreign == []


def test_classes_and_inputs_made_of_columns_need_no_kernel(browser: Browser, tmp_path: Path) -> None:
    blobs = examples.load("blobs", rows=200)
    widget = KANWidget(KAN([2, 3], seed=0, dtype=torch.float64), blobs, features=["x*y"])
    widget.fit(steps=10)
    widget.to_html(tmp_path / "page.html")
    with open_file(browser, tmp_path / "page.html") as page:
        shown = Widget(page)
        joint = shown.root.locator('[data-field="classes"]')
        expect(joint.locator('[data-points="test"]')).to_have_count(1)
        shown.probe(0, 0.9)
        shown.probe(1, 0.2)
        made = shown.root.locator("[data-made]").get_attribute("aria-label") or ""
        x, y = shown.inputs
        assert float(made.rsplit(" ", 1)[-1].replace("\N{MINUS SIGN}", "-")) == pytest.approx(x * y, abs=0.01)
        told = widget.model.predict_proba([[x, y]])[0]
        said, share, _ = (joint.get_attribute("aria-valuetext") or "").rsplit(" ", 2)
        assert said == widget.model.classes[int(told.argmax())]
        assert float(share) == pytest.approx(100 * float(told.max()), abs=0.2)
        page.screenshot("classes")
        assert page.log.errors == []
        assert page.log.foreign == []


def test_formula_can_be_copied(page: StaticPage) -> None:
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    Widget(page).press("copy-latex")
    assert "sin" in page.page.evaluate("() => navigator.clipboard.readText()")
