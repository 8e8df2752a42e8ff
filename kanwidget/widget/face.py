"""The traits: what pages, links and cells see of a widget, and which of them a page may write."""

from __future__ import annotations

import anywidget
import traitlets

from kanwidget.widget.traits import EdgeTrait, GridTrait, OptionTrait, PartsTrait

__all__ = ["OPTIONS", "PAGE_MAY_WRITE", "PROGRESS", "SHOWN_IN_PAGES", "Face"]

OPTIONS = ("lamb", "lr", "opt", "steps")
PROGRESS = ("step", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "status")
SHOWN_IN_PAGES = {"lamb", "lr", "opt", "steps", "grid"}
PAGE_MAY_WRITE = {*OPTIONS, "grid", "selected_edge", "layout", "tooltip", "tabbable", "_view_count"}


class Face(anywidget.AnyWidget):
    """The traits and nothing else; :class:`kanwidget.KANWidget` says what they mean."""

    uid = traitlets.Unicode().tag(sync=True)
    lamb = OptionTrait("lamb", 0.0).tag(sync=True)
    lr = OptionTrait("lr", None).tag(sync=True)
    opt = OptionTrait("opt", "auto").tag(sync=True)
    steps = OptionTrait("steps", 20).tag(sync=True)
    grid = GridTrait(5).tag(sync=True)
    selected_edge = EdgeTrait(None).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)

    step = traitlets.Int(0).tag(sync=True)
    train_loss = traitlets.Float(None, allow_none=True).tag(sync=True)
    test_loss = traitlets.Float(None, allow_none=True).tag(sync=True)
    train_accuracy = traitlets.Float(None, allow_none=True).tag(sync=True)
    test_accuracy = traitlets.Float(None, allow_none=True).tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    training = traitlets.Dict().tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    symbolic = traitlets.Dict().tag(sync=True)
    suggestions = traitlets.Dict().tag(sync=True)
    formula = traitlets.Dict().tag(sync=True)
    formula_latex = traitlets.Unicode("").tag(sync=True)
    history = traitlets.Dict().tag(sync=True)
    front = traitlets.Dict().tag(sync=True)
    certified = traitlets.Bool(False).tag(sync=True)
    snapshot = traitlets.Unicode("").tag(sync=True)
    limits = traitlets.Dict().tag(sync=True)
    hide = PartsTrait().tag(sync=True)
    show_data = traitlets.Bool(True)  # not for pages: they see it by what they get
