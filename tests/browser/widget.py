"""The widget as a person meets it: buttons, sliders, edges, and what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, expect

from .hosts.base import Document

SECONDS = 20


class Widget:
    """The widget on a page. Every look starts from the page, so it outlives a reload or a new cell output."""

    def __init__(self, document: Document, view: int = 0) -> None:
        self._document = document
        self._view = view

    @property
    def root(self) -> Locator:
        return self._document.root(self._view)

    def press(self, act: str) -> None:
        """Clicks a button once it may be clicked."""
        self.root.locator(f'[data-act="{act}"]').click(timeout=SECONDS * 1000)

    def slide(self, option: str, share: float) -> None:
        """Moves a slider to a share of its track, by clicking there."""
        slider = self.slider(option)
        box = slider.bounding_box()
        assert box is not None
        slider.click(position={"x": share * box["width"], "y": box["height"] / 2})

    def slider(self, option: str) -> Locator:
        return self.root.locator(f'[data-option="{option}"]')

    def stands(self, option: str, value: float) -> None:
        """Waits until a slider shows a value."""
        expect(self.slider(option)).to_have_attribute("aria-valuenow", str(value), timeout=SECONDS * 1000)

    def edge(self, *edge: int) -> Locator:
        return self.root.locator(f'[data-edge="{",".join(map(str, edge))}"]')

    @property
    def edges(self) -> int:
        """How many edges have a place in the graph."""
        return self.root.locator("[data-edge]").count()

    def moment(self, label: str) -> Locator:
        """A point of the history."""
        return self.root.locator("[data-moment]").filter(has_text=label)

    def example(self, name: str) -> Locator:
        """A picture of the gallery."""
        return self.root.locator(f'[data-example="{name}"]')

    def candidate(self, name: str) -> Locator:
        return self.root.locator(f'[data-candidate="{name}"]')

    def probe(self, index: int, share: float) -> None:
        """Drags the dot of an input to a share of its axis."""
        axis = self.root.locator(f'[data-input="{index}"] .kw-hit')
        axis.scroll_into_view_if_needed()
        box = axis.bounding_box()
        assert box is not None
        mouse = self._document.page.mouse
        y = box["y"] + box["height"] / 2
        mouse.move(box["x"] + box["width"] / 2, y)
        mouse.down()
        mouse.move(box["x"] + share * box["width"], y, steps=5)
        mouse.up()

    def drag_curve(self, m: int, pixels: float) -> None:
        """Drags a control point of the selected edge up."""
        box = self.root.locator(f'[data-control="{m}"] .kw-handle').bounding_box()
        assert box is not None
        mouse = self._document.page.mouse
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        mouse.move(x, y)
        mouse.down()
        mouse.move(x, y - pixels, steps=5)
        mouse.up()

    def enter(self, name: str, text: str) -> None:
        """Types into a field for a number."""
        field = self.root.locator(f'[data-number="{name}"]')
        field.fill(text)
        field.press("Enter")

    @property
    def painted(self) -> bool:
        """Whether the fields of the nodes have colours."""
        paint = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(byte => byte > 0)"
        return bool(self.root.locator(".kw-canvas").evaluate(paint))

    @contextmanager
    def scrubbing(self, share: float) -> Iterator[None]:
        """Drags from the right end of the loss chart to a share of it, and holds."""
        chart = self.root.get_by_label("Look back")
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        assert box is not None
        mouse = self._document.page.mouse
        y = box["y"] + box["height"] / 2
        mouse.move(box["x"] + 0.86 * box["width"], y)
        mouse.down()
        mouse.move(box["x"] + share * box["width"], y, steps=5)
        yield
        mouse.up()

    @property
    def inputs(self) -> list[float]:
        """Where the probe stands."""
        axes = self.root.locator("[data-input]").all()
        return [float(axis.get_attribute("aria-valuenow") or "nan") for axis in axes]

    @property
    def output(self) -> float:
        """The output that the page computes at the probe, to three decimals."""
        text = self.root.locator('[data-field="0"]').get_attribute("aria-valuetext") or ""
        return float(text.rsplit(" ", 1)[-1].replace("\N{MINUS SIGN}", "-"))

    @property
    def step(self) -> int:
        return int(self.root.get_attribute("data-step") or -1)

    def has(self, **data: object) -> None:
        """Waits until the root says so: `has(status="idle", step=20)`."""
        for name, value in data.items():
            expect(self.root).to_have_attribute(f"data-{name}", str(value), timeout=SECONDS * 1000)

    def passes(self, step: int) -> None:
        """Waits until more than so many steps were drawn."""
        self._document.until(lambda: self.step > step, f"a step after {step}")
