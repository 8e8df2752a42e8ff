"""The widget as a page and as a cell meet it, without a browser: messages in, answers out, traits both ways."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from typing import Any

import pytest
import torch
import traitlets

from kanwidget import KAN, DataError, Dataset, KANWidget, KanwidgetError, OptionError, Session
from kanwidget.widget import answers
from tests.stress.mirror import Mirror
from tests.widget.page import Answer, Page


def test_a_widget_that_is_refused_goes_without_a_word(dataset: Dataset) -> None:
    with pytest.raises(DataError):
        KANWidget(KAN([3, 1]), dataset)
    gc.collect()  # an error while it is dropped would be a warning, and a warning is an error here


def test_hello_is_answered_with_a_frame(page: Page) -> None:
    answer = page.ask("hello", binary=True)
    assert answer["ok"]
    assert answer["frame"]["width"] == [[2, 0], [3, 0], [1, 0]]
    assert len(page.received[-1][1]) == 1


def test_a_page_without_binary_buffers_gets_text(page: Page) -> None:
    answer = page.ask("hello", binary=False)
    assert isinstance(answer["data"], str)
    assert page.received[-1][1] == []


def test_play_advance_stop(page: Page, widget: KANWidget) -> None:
    page.ask("play")
    assert widget.playing
    steps = [page.ask("advance", budget_ms=20)["frame"]["step"] for _ in range(3)]
    assert steps == sorted(steps)
    assert steps[-1] > 0
    assert widget.step == steps[-1]
    answer = page.ask("stop")
    assert not answer["playing"]
    assert not widget.playing
    assert page.ask("advance", budget_ms=20)["stopped"]
    assert widget.step == steps[-1]


def test_a_repeated_request_is_answered_and_not_applied_again(page: Page, widget: KANWidget) -> None:
    page.ask("play")
    message = {"v": 1, "id": 10, "client": "page", "name": "advance", "args": {"budget_ms": 10}}
    first = page.say(message)
    again = page.say(message)
    assert again["id"] == first["id"] == 10
    assert again["frame"]["step"] == first["frame"]["step"]
    grid = {"v": 1, "id": 11, "client": "page", "name": "refine", "args": {"grid": 7}}
    page.say(grid)
    moments = len(widget.session.history.moments)
    assert page.say(grid)["ok"]
    assert len(widget.session.history.moments) == moments


def test_a_second_page_follows_while_the_first_trains(page: Page, widget: KANWidget) -> None:
    other = Page(widget, "other")
    page.ask("play")
    page.ask("advance", budget_ms=10)
    answer = other.ask("advance", budget_ms=10)
    assert answer["follow"]
    assert "frame" in answer


def test_set_option_moves_the_trait_and_calls_observers(page: Page, widget: KANWidget) -> None:
    seen: list[Any] = []
    widget.observe(lambda change: seen.append(change["new"]), "lamb")
    page.ask("set_option", name="lamb", value=0.05)
    assert widget.lamb == 0.05
    assert seen == [0.05]
    assert widget.session.options.lamb == 0.05


@pytest.mark.parametrize("by_page", [True, False])
def test_an_option_that_the_others_rule_out_goes_back(by_page: bool, page: Page, widget: KANWidget) -> None:
    """Each value is fine by itself, so the trait takes it; the session does not."""
    assert page.ask("set_option", name="opt", value="Adam")["ok"]
    assert page.ask("set_option", name="batch", value=20)["ok"]
    if by_page:
        widget.set_state({"opt": "LM"})
        assert "batch" in widget.error
    else:
        with pytest.raises(OptionError, match="batch"):
            widget.opt = "LM"
    assert widget.opt == widget.session.options.opt == "Adam"
    assert widget.training["now"]["opt"] == "Adam"
    widget.lr = 0.02
    assert widget.training["now"]["lr"] == 0.02


@pytest.mark.parametrize(("name", "value"), [("lamb", 1e308), ("lr", 1e-300), ("opt", "SGD")])
def test_an_option_that_its_trait_cannot_show_is_refused_whoever_asks(
    page: Page, widget: KANWidget, name: str, value: object
) -> None:
    before = widget.session.options
    answer = page.ask("set_option", name=name, value=value)
    assert not answer["ok"] and name in answer["error"]["message"]
    with pytest.raises(KanwidgetError, match=name):
        widget.fit(1, lamb_entropy=7.0, **{name: value})
    assert widget.session.options == before and getattr(widget, name) == getattr(before, name)


def test_python_moves_the_option(widget: KANWidget) -> None:
    widget.lamb = 0.02
    widget.opt = "LBFGS"
    assert widget.session.options.lamb == 0.02
    assert widget.session.options.opt == "LBFGS"


def test_python_moves_the_grid_and_keeps_the_function(widget: KANWidget) -> None:
    x = widget.session.dataset.test_input
    before = widget.model(x)
    widget.grid = 10
    assert widget.model.grid == [10, 10]
    assert torch.allclose(widget.model(x), before, atol=1e-9)
    assert widget.history["undo"] == "Grid 10"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lamb", float("nan")),
        ("lamb", True),
        ("lamb", -1.0),
        pytest.param("lamb", 10**400, id="lamb-huge"),
        ("lamb", "0.1"),
        ("grid", 0),
        ("grid", 2.5),
        ("grid", 10**9),
        ("opt", "SGD"),
        ("selected_edge", [9, 9, 9]),
        ("selected_edge", "x"),
        ("steps", 0),
    ],
)
def test_refused_values_leave_trait_and_session(widget: KANWidget, name: str, value: object) -> None:
    before, options = getattr(widget, name), widget.session.options
    with pytest.raises(traitlets.TraitError, match=name.removeprefix("selected_")):
        setattr(widget, name, value)
    assert getattr(widget, name) == before
    assert widget.session.options == options
    widget.set_state({name: value})  # the same from a page: refused, shown, nothing raised
    assert getattr(widget, name) == before
    assert name.removeprefix("selected_") in widget.error


def test_a_page_cannot_write_what_python_owns(widget: KANWidget) -> None:
    names = ["playing", "step", "train_loss", "status", "error", "symbolic", "formula", "history", "snapshot", "_esm"]
    before = {name: getattr(widget, name) for name in names}
    widget.set_state(dict.fromkeys(names, "<script>"))
    assert {name: getattr(widget, name) for name in names} == before


def test_suggest_and_fix(page: Page, widget: KANWidget) -> None:
    page.ask("step")
    found = page.ask("suggest", edge=[0, 0, 0])["suggestions"]
    assert {"name", "r2", "complexity", "affine", "net_rmse"} <= found[0].keys()
    assert widget.suggestions["0,0,0"] == found
    page.ask("fix", edge=[0, 0, 0], name="sin")
    assert widget.symbolic == {"0,0,0": "sin"}
    assert widget.suggestions == {}
    page.ask("undo")
    assert widget.symbolic == {}


def test_constants_and_control_points_are_set_by_hand_and_undone(page: Page, widget: KANWidget) -> None:
    page.ask("fix_affine", edge=[0, 0, 0], name="sin", affine=[3.0, 0.5, 0.25, -1])
    assert widget.model.layer(0).affine.tolist() == [[3.0, 0.5, 0.25, -1.0]]
    before = widget.model.layer(0).coef[1, 0].tolist()
    answer = page.ask("move_coef", edge=[0, 1, 0], m=3, by=0.125)
    assert answer["frame"]["structure"]
    assert widget.model.layer(0).coef[1, 0, 3].item() == before[3] + 0.125
    assert widget.history["undo"] == "Drag curve"
    page.ask("undo")
    assert widget.model.layer(0).coef[1, 0].tolist() == before
    assert not page.ask("move_coef", edge=[0, 0, 0], m=3, by=0.125)["ok"]
    assert "'sin'" in widget.error


def test_a_pin_is_in_the_frame_and_can_be_undone(page: Page, widget: KANWidget) -> None:
    assert page.ask("pin", edge=[0, 1, 2], pinned=True)["frame"]["pinned"] == [[0, 1, 2]]
    assert page.ask("undo")["frame"]["pinned"] == []
    assert not page.ask("pin", edge=[0, 1, 2], pinned=1)["ok"]
    assert widget.model.pinned_edges() == []


def test_a_refused_command_says_why_and_changes_nothing(page: Page, widget: KANWidget) -> None:
    answer = page.ask("fix", edge=[0, 0, 0], name="no such")
    assert not answer["ok"]
    assert answer["error"]["type"] == "SymbolicError"
    assert "no such" in widget.error
    assert len(widget.session.history.moments) == 1
    assert page.ask("undo")["ok"]
    assert widget.error == ""


@pytest.mark.parametrize("message", [None, 3, {}, {"v": 1}, {"v": 1, "id": 1, "client": "c", "name": "rm", "args": {}}])
def test_nonsense_is_refused_with_an_answer(page: Page, message: object) -> None:
    answer = page.say(message)
    assert not answer["ok"]
    assert answer["error"]["message"]


def test_formula_appears_when_every_edge_has_a_name(page: Page, widget: KANWidget) -> None:
    assert widget.formula["mathml"] is None
    assert widget.formula["named"] == 0
    widget.lamb = 0.01
    page.ask("play")
    while widget.step < 15:
        page.ask("advance", budget_ms=50)
    page.ask("prune", edge_th=0.03)
    page.ask("auto_symbolic")
    assert widget.formula["open"] == []
    assert widget.formula["mathml"].startswith("<")
    assert widget.formula_latex.startswith("f = ")
    space: dict[str, Any] = {}
    exec(widget.formula["python"], space)  # noqa: S102 - the copied code is the thing under test
    x = widget.session.dataset.test_input
    assert torch.allclose(torch.as_tensor(space["f"](*x.T.numpy())), widget.model(x)[:, 0], atol=1e-9)


def test_selection_is_mirrored_and_let_go_when_the_edge_is_gone(page: Page, widget: KANWidget) -> None:
    page.ask("select", edge=[0, 1, 2])
    assert widget.selected_edge == [0, 1, 2]
    page.ask("remove_edge", edge=[0, 1, 2])
    assert widget.selected_edge is None


def test_a_failing_observer_is_shown_and_stops_nothing(page: Page, widget: KANWidget) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("my own mistake")

    widget.observe(fail, "step")
    assert page.ask("step")["ok"]
    assert widget.step == 1
    assert "my own mistake" in widget.error


def test_half_a_letter_does_not_keep_an_error_or_a_name_from_a_page(dataset: Dataset) -> None:
    """A message must be UTF-8, which has no halves of letters; a name may come from a file, an error from anywhere."""
    model = KAN([2, 1], seed=1, dtype=torch.float64)
    model.input_names = ("caf\udce9", "x_2")
    widget = KANWidget(model, dataset)
    page = Page(widget)

    def fail(_: object) -> None:
        raise OSError("caf\udce9 is not there")

    widget.observe(fail, "step")
    answer = page.ask("step")
    assert answer["frame"]["inputs"] == ["caf?", "x_2"]
    assert "caf? is not there" in widget.error
    state = {name: value for name, value in widget.get_state().items() if name != "layout"}
    assert json.dumps([answer, state], ensure_ascii=False).encode("utf-8")
    widget.close()


def test_what_an_observer_says_when_training_begins_is_not_wiped_away(page: Page, widget: KANWidget) -> None:
    def fail(change: Any) -> None:
        raise ValueError("mine")

    widget.observe(fail, "status")
    assert page.ask("play")["ok"] and widget.error == "ValueError: mine"


def test_traits_show_the_options_also_when_something_failed_right_after_they_were_set(
    page: Page, widget: KANWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = answers.options, iter([True])

    def fails_once(session: Session) -> Any:
        if next(calls, False):
            raise MemoryError("full")
        return real(session)

    monkeypatch.setattr(answers, "options", fails_once)
    page.ask("set_option", name="lamb", value=0.03)
    assert widget.lamb == widget.session.options.lamb and "full" in widget.error


@pytest.mark.parametrize("name", ["history", "formula", "status", "snapshot"])
def test_a_page_has_what_the_kernel_has_after_an_interrupt_between_a_trait_and_its_message(
    widget: KANWidget, name: str
) -> None:
    mirror, real, interrupts = Mirror(widget), widget.send_state, iter([True])

    def send_state(key: Any = None) -> None:
        if key == name and next(interrupts, False):
            raise KeyboardInterrupt
        real(key)

    widget.send_state = send_state  # type: ignore[method-assign]
    answer = mirror.ask("fix", edge=[0, 0, 0], name="sin")
    assert answer["error"]["message"] == widget.error == "Interrupted."
    mirror.check()


def test_fit_in_a_cell_pushes_frames_and_returns_the_course(page: Page, widget: KANWidget) -> None:
    result = widget.fit(steps=6, lamb=0.003)
    assert [s.step for s in result.steps] == [1, 2, 3, 4, 5, 6]
    assert widget.step == 6
    assert widget.lamb == 0.003
    assert page.pushes
    assert page.pushes[-1]["frame"]["step"] == 6
    with pytest.raises(OptionError):
        widget.fit(steps=-1)


def test_playing_can_be_set_from_a_cell(page: Page, widget: KANWidget) -> None:
    widget.playing = True
    assert page.ask("advance", budget_ms=10).get("stopped") is None
    widget.playing = False
    assert page.ask("advance", budget_ms=10)["stopped"]
    assert not widget.session.training


def test_training_that_converges_stops_and_says_so(dataset: Dataset) -> None:
    model = KAN([2, 1], grid=1, k=1, dtype=torch.float64)
    widget = KANWidget(model, dataset)
    page = Page(widget)
    page.ask("play")
    answer: Answer = {}
    for _ in range(200):
        answer = page.ask("advance", budget_ms=50)
        if answer.get("stopped"):
            break
    assert "Converged" in answer["why"]
    assert not widget.playing
    assert "Converged" in widget.status


def test_the_live_model_is_a_copy(dataset: Dataset) -> None:
    model = KAN([2, 2, 1], dtype=torch.float64)
    widget = model.explore(dataset)
    widget.fit(steps=1)
    assert widget.model is not model
    assert torch.equal(model.layer(0).coef, KAN([2, 2, 1], dtype=torch.float64).layer(0).coef)


def test_close_gives_the_layout_back(dataset: Dataset) -> None:
    import ipywidgets

    count: Callable[[], int] = lambda: len(getattr(ipywidgets.widgets.widget, "_instances", {}))  # noqa: E731
    before = count()
    KANWidget(KAN([2, 2, 1]), dataset).close()
    assert count() == before


def test_to_html_is_one_file_without_addresses(widget: KANWidget, tmp_path: Any) -> None:
    path = tmp_path / "page.html"
    widget.to_html(path)
    text = path.read_text(encoding="utf-8")
    assert "https://" not in text.replace("http://www.w3.org", "")
    assert widget.snapshot.split(".")[0] in text
