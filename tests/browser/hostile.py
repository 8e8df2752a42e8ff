"""Pages full of hostile texts: in every field of a widget's state another one."""

from __future__ import annotations

import base64
import json
import re
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from playwright.sync_api import Locator, Page, expect

from kanwidget import KAN, Dataset
from tests.hostile import TEXTS

from .hosts.base import Notebook

__all__ = ["EMPTY", "Findings", "KernelTrial", "PageTrial", "Sample", "TraitTrial", "Trial", "prepare", "sample"]

SCRIPT = Path(__file__).with_suffix(".js")
BUNDLE = Path(__file__).parents[2] / "kanwidget" / "static" / "widget.js"
EMPTY = "<!doctype html><meta charset=utf-8><title>page</title><body>"
KEPT = {"task", "kind", "base", "mime"}  # words of the protocol: another one hides the rest
SNAPSHOTS = {"snapshot", "moment"}
UNREAD = {"mathml", "marks"}  # read as mathematics where it is; left out where there is no room
# States of our own elements, which come and go with what a kernel has answered so far; nothing runs by them.
OURS = {f"@{name}" for name in re.findall(r'"?((?:aria|data)-[a-z-]+)"?:', BUNDLE.read_text(encoding="utf-8"))}
# Mathematics where it is expected, long names in full, and the field that what cannot be copied stands in.
MEANT = {"math", "mi", "mtext", "title", "textarea", "@id", "@readonly"}
TABLE = np.stack([np.linspace(-1e3, 1e3, 9), np.zeros(9)])

Path_ = tuple[str | int, ...]
Put = Callable[[Path_, str], str]


@dataclass(frozen=True, slots=True)
class Sample:
    """What a page is shown.

    Attributes:
        traits: of the model.
        answers: by the name of the request; None in a page without a kernel.
    """

    traits: dict[str, Any]
    answers: dict[str, Any] | None


@dataclass(slots=True)
class Findings:
    """What came of some pages.

    Attributes:
        shown: texts in fields, however often the same one.
        read: those of them that are to be read on the screen.
        faults: one line each.
    """

    shown: int
    read: int
    faults: list[str]


def sample(*, classes: bool, kernel: bool) -> Sample:
    """The state of a widget that has done everything, as a saved page holds it."""
    x = torch.rand(60, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    y = ["in" if far else "out" for far in (x.sum(1) > 1).tolist()] if classes else x.sum(1).sin()
    widget = KAN([2, 2, 1], grid=3, seed=0, dtype=torch.float64).explore(Dataset.from_arrays(x, y))
    widget.fit(2)
    for act in (lambda: widget.session.prune(0.001), lambda: widget.session.fix(0, 0, 0, "sin")):
        act()
    widget.fit(1)
    with tempfile.TemporaryDirectory() as folder:
        widget.to_html(file := Path(folder) / "page.html")
        page = file.read_text(encoding="utf-8")
    widget.close()
    traits = json.loads(page.split('id="state">')[1].split("</script>")[0])
    traits |= {"error": "" if classes else "text", "status": "text"}
    suggestion = {"name": "sin", "r2": 0.9, "complexity": 2, "affine": [1, 0, 1, 0], "net_rmse": 0.1}
    form = {"step": 3, "named": 3, "total": 3, "open": ["0,0,0"], "hint": "text", "rmse": 0.1}
    form |= dict.fromkeys(("mathml", "latex", "python", "sympy"), None if classes else "text")
    found = {"complexity": 3, "rmse": 0.1, "relative_rmse": 0.1, "certified": False, "best": True, "moments": []}
    found |= {"mathml": "text", "text": "text"}
    traits["formula"] = form
    traits["suggestions"] = {"0,0,0": [suggestion], "0,1,0": [suggestion]}
    traits["front"] = {"searching": False, "budget_s": 1, "spent_s": 1, "complete": True, "certified": False,
                       "message": "text",
                       "candidates": [found | {"key": 1}, found | {"key": 2, "complexity": 5}]}  # fmt: skip
    traits["data"]["example"] = {"name": "moons", "rows": 60, "noise": 0, "test_size": 0.2, "seed": 0}
    if not kernel:
        return Sample(traits, None)
    tile = {"name": "moons", "kind": "classes", "title": "text", "inputs": 2, "points": [[0, 0, 1]]}
    answers = {
        "suggest": {"suggestions": [suggestion, suggestion | {"name": "exp"}], "keep": 0.1},
        "gallery": {"gallery": [tile, tile | {"name": "rings"}]},
        "look": {"moment": traits["snapshot"]},
        "take": {"file": "network.py", "mime": "text/plain", "text": "text"},
        "step": {"stopped": True, "why": "text"},
        "undo": {"ok": False, "error": {"type": "text", "message": "text"}},
    }
    return Sample({name: value for name, value in traits.items() if name not in ("moments", "script")}, answers)


def _filled(value: Any, put: Put, at: Path_ = ()) -> Any:
    """A copy in which every text is another one, also those in frames."""
    if isinstance(value, str) and value and at[-1] in SNAPSHOTS:
        return _frame(value, put, at)
    if isinstance(value, Mapping):
        return {key: _filled(entry, put, (*at, key)) for key, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_filled(entry, put, (*at, n)) for n, entry in enumerate(value)]
    return put(at, value) if isinstance(value, str) and at[-1] not in KEPT else value


def _frame(snapshot: str, put: Put, at: Path_) -> str:
    head, body = snapshot.split(".")
    header, numbers = json.loads(base64.b64decode(head)), base64.b64decode(body)
    arrays = header.pop("arrays")
    header = {"base": header.pop("base")} | _filled(header, put, at)
    for *_, name in header["symbolic"]:  # a user's own function comes with its values
        arrays.append([f"fn/{name}", list(TABLE.shape)])
        numbers += TABLE.astype("<f4").tobytes()
    return ".".join(
        base64.b64encode(part).decode() for part in (json.dumps(header | {"arrays": arrays}).encode(), numbers)
    )


def prepare(page: Page, *, bundle: bool) -> None:
    """Makes a page tell what runs on it; with ``bundle`` it can show widgets of its own."""
    for script in (SCRIPT, SCRIPT.with_name("model.js")):
        page.evaluate(script.read_text(encoding="utf-8"))
    if bundle:
        page.add_style_tag(path=BUNDLE.with_suffix(".css"))
        page.evaluate(
            """async (source) => {
                globalThis.bundle = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
            }""",
            BUNDLE.read_text(encoding="utf-8"),
        )


class Trial(ABC):
    """Fields with texts in them on a page, again and again with other texts.

    Args:
        fields: lists and mappings with texts in them.
        texts: that are put there.
    """

    def __init__(self, fields: Any, texts: Sequence[str] = TEXTS) -> None:
        self._fields, self._texts = fields, texts
        marks: dict[Path_, str] = {}
        shown = _filled(fields, lambda at, _: marks.setdefault(at, f"Kwm{len(marks)}q"))
        found = self._shown(shown, list(marks.values()), list(marks.values()))
        self.fields = list(marks)
        self.read = {at for at, mark in marks.items() if mark not in found["missing"] and not UNREAD & {*at}}
        self.read -= {at for at in marks if (*at[:-1], "mathml") in marks}  # read where the mathematics is none
        self._kinds = {*found["kinds"], *MEANT, *OURS}

    def round(self, number: int) -> Findings:
        """So many texts further in each field than in round 0; in the first of several fields the first text."""
        put = {at: self._texts[(number + n) % len(self._texts)] for n, at in enumerate(self.fields)}
        found = self._shown(
            _filled(self._fields, lambda at, _: put[at]), [put[at] for at in self.read], [*put.values()]
        )
        faults = [f"ran: {line}" for line in found["ran"]]
        faults += [f"became {kind}" for kind in sorted(set(found["kinds"]) - self._kinds)]
        faults += [f"got into {place[:200]!r}" for place in found["places"]]
        faults += [
            f"{[at for at in self.read if put[at] == text]} not read: {text[:60]!r}" for text in found["missing"]
        ]
        faults += [f"{found['left']} nodes or listeners left"] if found.get("left") else []
        return Findings(len(put), len(self.read), faults)

    def rounds(self, count: int) -> Findings:
        """As many rounds, spread so that every text has its turn early."""
        step = len(self.fields) if count < len(self._texts) else 1
        found = [self.round(n * step) for n in range(count)]
        return Findings(
            sum(f.shown for f in found), sum(f.read for f in found), [fault for f in found for fault in f.faults]
        )

    @abstractmethod
    def _shown(self, fields: Any, read: list[str], texts: list[str]) -> dict[str, Any]:
        """What came of it: see hostile.js."""


class PageTrial(Trial):
    """On an empty page that shows widgets of its own, for :func:`prepare` with ``bundle``."""

    def __init__(self, page: Page, sample: Sample) -> None:
        self._page = page
        super().__init__({"traits": sample.traits, "answers": sample.answers})

    def _shown(self, fields: Any, read: list[str], texts: list[str]) -> dict[str, Any]:
        told = json.dumps({**fields, "texts": texts, "expected": read})  # as text: halves of letters get through
        found: dict[str, Any] = self._page.evaluate("(told) => hostile.shown(bundle, JSON.parse(told))", told)
        return found


SENDABLE = [text for text in TEXTS if text.encode("utf-8", "ignore").decode() == text]  # no halves of letters

# A model that shows a widget whose names, classes, functions and errors are those of `told`.
OPEN = """
import sympy, torch
from kanwidget import KAN, Dataset, add_symbolic

class Told:
    def explore(self, _):
        inputs, classes, functions = told["inputs"], told["classes"], told["functions"]
        labels = classes * 20
        x = torch.rand(len(labels), len(inputs), generator=torch.Generator().manual_seed(0))
        data = Dataset.from_arrays(x, labels, input_names=inputs, classes=classes)
        widget = KAN([len(inputs), len(classes)], grid=1).explore(data)
        for n, name in enumerate(functions):
            add_symbolic(name, torch.sin, sympy.sin)
            widget.session.fix(0, n, 0, name)
        def fail(change):
            raise ValueError(told["error"])
        widget.observe(fail, "step")
        return widget

start[0] = Told()
"""

# The same for the traits that only Python writes.
WRITE = "[w.set_trait(name, value) for name, value in told.items()]"


class KernelTrial(Trial):
    """In a notebook, by what a person hands to Python.

    Args:
        show: shows the widget that ``start[0].explore`` returns.
    """

    def __init__(self, notebook: Notebook, show: Callable[[], Locator], fields: Any) -> None:
        self._notebook, self._show = notebook, show
        prepare(notebook.page, bundle=False)
        super().__init__(fields, SENDABLE)

    @classmethod
    def of_names(cls, notebook: Notebook, show: Callable[[], Locator]) -> KernelTrial:
        """Names of columns, classes and functions, and the text of an error."""
        count = {"inputs": 10, "classes": 5, "functions": 4}
        fields = {name: [f"{name}_{n}" for n in range(many)] for name, many in count.items()}
        return cls(notebook, show, {**fields, "error": "text"})

    def _shown(self, fields: Any, read: list[str], texts: list[str]) -> dict[str, Any]:
        self._notebook.evaluate(f"exec({OPEN!r}, dict(start=start, told={fields!r}))")
        root = self._show()
        self._notebook.evaluate("exec('w.fit(1)', dict(w=w))")
        expect(root).to_have_attribute("data-status", "error")
        return self._toured(root, read, texts)

    def _toured(self, root: Locator, read: list[str], texts: list[str]) -> dict[str, Any]:
        found: dict[str, Any] = root.evaluate("(root, [texts, read]) => hostile.here(root, texts, read)", [texts, read])
        return found


class TraitTrial(KernelTrial):
    """In a notebook, by what the kernel says; ``show`` shows any widget."""

    @classmethod
    def of_traits(cls, notebook: Notebook, show: Callable[[], Locator]) -> TraitTrial:
        written = ("data", "formula", "front", "history", "snapshot", "suggestions", "symbolic", "training", "error")
        traits = sample(classes=False, kernel=True).traits  # the error last, so that all have come when it is there
        trial = cls(notebook, show, {name: traits[name] for name in written})
        trial.read.discard(("error",))  # an answer that is still on its way takes it away
        return trial

    def _shown(self, fields: Any, read: list[str], texts: list[str]) -> dict[str, Any]:
        root = self._show()
        self._notebook.evaluate(f"exec({WRITE!r}, dict(w=w, told={fields!r}))")
        expect(root).to_have_attribute("data-status", "error")
        return self._toured(root, read, texts)
