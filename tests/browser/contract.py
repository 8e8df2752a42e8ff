"""What a widget promises in every host that has a kernel: the walk from data to formula, by hand.

Each host's test class inherits these tests. Each ends with what Python says, and with a picture.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, expect

from .audit import violations
from .hostile import KernelTrial, TraitTrial
from .hosts.base import Host, Notebook
from .leaks import Count
from .lesson import CELLS, Cell
from .widget import Widget

Show = Callable[[str], Widget]

SEARCH_MS = 60_000  # of a search that shares its machine with others

ACTIVE_EDGES = "len(list(w.model.edges()))"


class HostContract:
    """Inherit it, name the host."""

    Host: ClassVar[type[Host]]

    trains_beside_a_cell: ClassVar[bool]
    """Whether messages reach the kernel while a cell runs. If not, the widget says that it waits."""

    no_restart: ClassVar[str] = ""
    """Why a page does not live to see its kernel restarted, where that is so."""

    @pytest.fixture(scope="class")
    @classmethod
    def host(cls, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
        with cls.Host(browser, tmp_path_factory.mktemp(cls.Host.name)) as host:
            yield host

    own_listeners: ClassVar[str] = ""
    """Whose listeners stay when an output goes, where a host has some of its own."""

    @pytest.fixture(scope="class")
    @classmethod
    def notebook(cls, host: Host) -> Iterator[Notebook]:
        with host.open(CELLS) as notebook:
            notebook.run(Cell.SETUP)
            yield notebook

    @pytest.fixture
    def show(self, notebook: Notebook) -> Iterator[Show]:
        """Shows a widget on a copy of one of the lesson's models: "fresh", "trained" or "pruned"."""
        notebook.log.clear()

        def show(model: str) -> Widget:
            notebook.evaluate(f"start.__setitem__(0, {model})")
            notebook.run(Cell.SHOW)
            widget = Widget(notebook)
            widget.has(status="idle")
            return widget

        yield show
        notebook.evaluate("setattr(w, 'playing', False)")
        assert notebook.log.errors == [], notebook.log.errors
        assert notebook.log.foreign == []

    def test_opens(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        widget.has(step=0)
        assert widget.edges == notebook.evaluate(ACTIVE_EDGES) == 15
        notebook.screenshot("opened")

    def test_plays_and_stops(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        widget.press("play")
        widget.has(status="playing")
        widget.passes(2)
        assert notebook.evaluate("w.playing") is True
        widget.press("stop")
        widget.has(status="idle")
        notebook.says("w.playing", False)
        widget.has(step=notebook.evaluate("w.step"))
        notebook.screenshot("stopped")

    def test_steps_once(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        widget.press("step")
        widget.has(step=1)
        notebook.says("w.step", 1)
        notebook.screenshot("one-step")

    def test_lamb_moves_while_it_plays(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        widget.press("play")
        widget.passes(0)
        widget.slide("lamb", 0.7)
        notebook.says("w.lamb > 0", True)
        assert notebook.evaluate("w.playing") is True
        assert notebook.evaluate("heard[-1] == ['lamb', w.lamb]") is True
        notebook.screenshot("lamb-while-playing")
        widget.press("stop")

    def test_python_moves_the_slider(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        notebook.run(Cell.SET_LAMB)
        assert notebook.evaluate("heard[-1]") == ["lamb", 0.001]
        widget.stands("lamb", 0.001)
        notebook.screenshot("lamb-from-python")

    def test_grid_refines_and_keeps_the_function(self, notebook: Notebook, show: Show) -> None:
        widget = show("trained")
        notebook.evaluate("outputs.append(w.model(dataset['test_input']))")
        widget.slide("grid", 0.5)
        notebook.says("w.grid > 5", True)
        notebook.says("heard[-1] == ['grid', w.grid]", True)
        assert notebook.evaluate("float((w.model(dataset['test_input']) - outputs[-1]).abs().max())") < 0.05
        notebook.screenshot("refined")

    def test_discovers_the_formula(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        widget.press("discover")
        drawer = widget.root.locator('[data-panel="discovery"]')
        expect(drawer).to_have_attribute("data-verdict", "certified", timeout=SEARCH_MS)
        badge = drawer.locator(".kw-badge.kw-certified")
        expect(badge).to_have_count(1)
        assert "nine digits" in (badge.get_attribute("title") or "")
        notebook.says("w.certified and w.discovery.certified", True)
        notebook.screenshot("discovered")
        best = notebook.evaluate("next(c['key'] for c in w.front['candidates'] if c['best'])")
        drawer.locator(f'[data-point="{best}"]').click()
        expect(widget.root.locator('[data-formula="closed"] math')).to_contain_text("sin", timeout=SEARCH_MS)
        notebook.says("w.symbolic", {"0,0,0": "sin", "0,1,0": "x^2", "1,0,0": "exp"})
        assert notebook.evaluate("'KAN.from_edges' in w.code()") is True
        expect(drawer.locator(f'[data-found="{best}"]')).to_have_attribute("aria-selected", "true")
        notebook.screenshot("formula-used")
        widget.press("undo")
        notebook.says("w.symbolic", {})
        expect(widget.root.locator('[data-formula="open"]')).to_be_visible()
        notebook.until(lambda: widget.edges == 15, "the network of before")

    def test_stops_a_search(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        widget.press("discover")
        widget.press("end_seek")
        expect(widget.root.locator('[data-act="search"]')).to_be_visible(timeout=SEARCH_MS)
        notebook.says("w.front['searching']", False)

    def test_fixes_an_edge_from_its_dropdown(self, notebook: Notebook, show: Show) -> None:
        widget = show("pruned")
        widget.edge(0, 0, 0).click()
        expect(widget.candidate("sin")).to_be_visible()
        assert "sin" in notebook.evaluate("[found['name'] for found in w.suggestions['0,0,0']]")
        notebook.screenshot("dropdown")
        widget.candidate("sin").click()
        widget.press("fix")
        notebook.says("w.symbolic", {"0,0,0": "sin"})
        notebook.screenshot("fixed")

    def test_prunes_and_undoes(self, notebook: Notebook, show: Show) -> None:
        widget = show("trained")
        before = widget.edges
        widget.press("prune")
        notebook.until(lambda: widget.edges < before, "edge fewer")
        notebook.says(ACTIVE_EDGES, widget.edges)
        notebook.screenshot("pruned")
        widget.press("undo")
        notebook.until(lambda: widget.edges == before, "edges back")
        notebook.says(ACTIVE_EDGES, before)
        notebook.says("w.history['redo']", "Prune")

    def test_jumps_in_the_history_and_back(self, notebook: Notebook, show: Show) -> None:
        widget = show("trained")
        widget.press("prune")
        notebook.says("w.history['undo']", "Prune")
        widget.press("step")
        widget.has(step=1)
        widget.moment("Start").click()
        notebook.says("[w.history['position'], w.step]", [0, 0])
        widget.has(step=0)
        notebook.says("len(w.history['entries'])", 3)
        notebook.screenshot("jumped")
        widget.press("undo")
        notebook.says("[w.history['position'], w.step]", [2, 1])
        widget.moment("Prune").focus()  # and without a mouse
        notebook.page.keyboard.press("ArrowLeft")
        notebook.page.keyboard.press("Enter")
        notebook.says("w.history['position']", 0)

    def test_compares_two_points_of_the_history(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        widget.press("step")
        widget.has(step=1)
        ghost, curve = (widget.edge(0, 0, 0).locator(f".kw-{which}") for which in ("ghost", "curve"))
        widget.press("compare")
        expect(widget.root.locator('[data-part="versus"]')).to_contain_text("Start")
        assert ghost.get_attribute("d") not in ("", curve.get_attribute("d"))
        notebook.screenshot("compared")
        widget.press("compare")
        expect(ghost).to_have_attribute("d", "")
        notebook.says("w.history['position']", 1)

    def test_looks_back_along_the_loss_without_asking_the_kernel(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        for step in range(1, 4):
            widget.press("step")
            widget.has(step=step)
        curve = widget.edge(0, 0, 0).locator(".kw-curve")
        now = curve.get_attribute("d")
        with widget.scrubbing(0.4):
            widget.has(step=1)
            assert curve.get_attribute("d") != now
            notebook.screenshot("looking-back")
        widget.has(step=3)
        expect(curve).to_have_attribute("d", now or "")
        notebook.says("w.step", 3)

    def test_takes_away_a_script_and_a_picture(self, notebook: Notebook, show: Show) -> None:
        widget = show("pruned")
        widget.press("take_away")
        notebook.screenshot("take-away")
        with notebook.page.expect_download() as saved:
            widget.press("take-code")
        assert saved.value.suggested_filename == "network.py"
        assert saved.value.path().read_text() == notebook.evaluate("w.code()")
        with notebook.page.expect_download() as saved:
            widget.press("take-svg")
        assert saved.value.path().read_text().count("<path") > 10
        widget.press("by-hand")
        field = widget.root.get_by_label("Copy this text")
        assert field.input_value().startswith("<?xml")
        notebook.page.keyboard.press("Escape")
        expect(widget.root.locator('[data-panel="take"]')).to_have_count(0)

    def test_names_every_edge_and_shows_the_formula(self, notebook: Notebook, show: Show) -> None:
        widget = show("pruned")
        widget.press("auto_symbolic")
        notebook.says("w.formula['named'] == w.formula['total']", True)
        expect(widget.root.locator("math").first).to_be_visible()
        assert "sin" in notebook.evaluate("w.formula['latex']")
        notebook.screenshot("formula")

    def test_probe_shows_what_the_model_gives(self, notebook: Notebook, show: Show) -> None:
        widget = show("trained")
        before = widget.inputs
        widget.probe(0, 0.9)
        widget.probe(1, 0.2)
        assert all(now != then for now, then in zip(widget.inputs, before, strict=True))
        value = notebook.evaluate(f"w.model(torch.tensor([{widget.inputs}], dtype=torch.float64)).item()")
        assert widget.output == pytest.approx(value, abs=1e-3)
        notebook.screenshot("probe")

    def test_what_if_takes_typed_values(self, notebook: Notebook, show: Show) -> None:
        widget = show("trained")
        widget.press("whatif")
        widget.enter("whatif 0", "-1/3")
        widget.enter("whatif 1", "0.7")
        notebook.until(lambda: widget.inputs == pytest.approx([-1 / 3, 0.7]), "typed values")
        value = notebook.evaluate("w.model(torch.tensor([[-1 / 3, 0.7]], dtype=torch.float64)).item()")
        assert widget.output == pytest.approx(value, abs=1e-3)
        notebook.until(lambda: widget.painted, "fields of the nodes")
        notebook.screenshot("what-if")
        widget.press("whatif")
        expect(widget.root.locator("[data-whatif]")).to_have_count(0)
        expect(widget.root.locator(".kw-dot:visible")).to_have_count(0)

    def test_a_curve_is_dragged_and_undone(self, notebook: Notebook, show: Show) -> None:
        widget = show("trained")
        widget.edge(0, 0, 0).click()
        expect(widget.root.locator("[data-candidate]").first).to_be_visible()
        coef = "w.model.layers[0].coef[0, 0].tolist()"
        before = notebook.evaluate(coef)
        widget.drag_curve(4, 20)
        notebook.says("w.history['undo']", "Drag curve")
        after = notebook.evaluate(coef)
        assert [m for m in range(8) if after[m] != before[m]] == [4]
        notebook.screenshot("dragged")
        widget.press("undo")
        notebook.says(coef, before)

    def test_a_pinned_edge_outlives_pruning(self, notebook: Notebook, show: Show) -> None:
        widget = show("trained")
        faint = notebook.evaluate("divmod(int(w.model.attribute().edges[0].argmin()), 5)")
        widget.edge(0, *faint).click()
        widget.press("pin")
        notebook.says("[list(edge) for edge in w.model.pinned_edges()]", [[0, *faint]])
        expect(widget.edge(0, *faint).locator(".kw-pin")).to_be_visible()
        notebook.screenshot("pinned")
        before = widget.edges
        widget.press("prune")
        notebook.until(lambda: widget.edges < before, "edge fewer")
        expect(widget.root.locator(".kw-plot .kw-pin")).to_have_count(1)
        assert notebook.evaluate("len(w.model.pinned_edges())") == 1

    def test_constants_are_typed(self, notebook: Notebook, show: Show) -> None:
        widget = show("pruned")
        widget.edge(0, 0, 0).click()
        widget.candidate("sin").click()
        widget.press("fix")
        notebook.says("w.symbolic", {"0,0,0": "sin"})
        widget.enter("constant c", "π/2")
        notebook.says("abs(w.model.layers[0].affine[0, 2].item() - torch.pi / 2) < 1e-12", True)
        notebook.screenshot("constants")

    def test_learns_from_an_example_and_back(self, notebook: Notebook, show: Show) -> None:
        widget = show("trained")
        widget.press("data")
        widget.example("moons").click()
        notebook.says("w.data['classes']", ["upper moon", "lower moon"])
        expect(widget.root.locator('[data-points="train"]').first).to_be_visible()
        widget.press("draw")
        notebook.says("[w.data['example']['seed'], w.history['undo']]", [1, "Draw moons"])
        widget.press("step")
        widget.has(step=1)
        notebook.says("0.5 < w.test_accuracy <= 1", True)
        notebook.screenshot("moons")
        widget.press("undo")
        notebook.says("[w.history['position'], w.step]", [2, 0])
        widget.moment("Start").click()
        notebook.says("[w.data['example'], w.data['classes'], w.test_accuracy]", [None, [], None])
        widget.press("data")

    def test_several_classes_share_one_field(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        widget.press("data")
        widget.example("blobs").click()
        joint = widget.root.locator('[data-field="classes"]')
        expect(joint.locator('[data-points="test"]')).to_have_count(1)
        widget.press("step")
        widget.has(step=1)
        notebook.says("0.5 < w.test_accuracy <= 1", True)
        box = joint.locator(".kw-hit").first.bounding_box()
        assert box is not None
        mouse = notebook.page.mouse
        mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(widget.root.locator('[data-lens="classes"]')).to_be_visible()
        mouse.down()
        mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.75 * box["height"], steps=4)
        mouse.up()
        notebook.until(lambda: widget.inputs[0] < 0 and widget.inputs[1] < 0, "probe where the field was pressed")
        said = notebook.evaluate(f"w.model.classes[int(w.model.predict([{widget.inputs}])[0])]")
        expect(joint).to_have_attribute("aria-valuetext", re.compile(f"^{said} "))
        assert violations(widget) == []
        notebook.screenshot("classes")
        widget.press("undo")
        widget.has(step=0)
        widget.press("undo")
        expect(joint).to_have_count(0)

    def test_gets_nodes_and_layers_and_keeps_the_function(self, notebook: Notebook, show: Show) -> None:
        widget = show("pruned")
        notebook.evaluate("outputs.append(w.model(dataset['test_input']))")
        widget.press("settings")
        widget.press("add-node-1")
        notebook.says("[n.count for n in w.model.width]", [2, 2, 1])
        widget.press("add-layer-2")
        notebook.says("[n.count for n in w.model.width]", [2, 2, 2, 1])
        assert notebook.evaluate("float((w.model(dataset['test_input']) - outputs[-1]).abs().max())") < 1e-6
        widget.enter("batch", "64")
        notebook.says("w.training['now']['batch']", 64)
        notebook.screenshot("settings")
        widget.press("rebuild")
        notebook.says("w.history['undo']", "New network")
        widget.press("undo")
        notebook.says("w.history['undo']", "Add layer")
        widget.moment("Start").click()
        notebook.says("[n.count for n in w.model.width]", [2, 1, 1])
        widget.press("settings")

    def test_takes_inputs_that_are_made_of_columns(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        made = widget.root.locator("[data-made]")
        widget.press("data")
        widget.press("feature-square-0")
        expect(made).to_have_count(1)
        notebook.says("w.model.width[0].count", 3)
        widget.probe(0, 0.9)
        square = (made.get_attribute("aria-label") or "").rsplit(" ", 1)[-1]
        assert float(square) == pytest.approx(widget.inputs[0] ** 2, abs=0.01)
        widget.press("step")
        widget.has(step=1)
        notebook.says("w.model.predict(dataset.test_input).shape[1]", 1)
        widget.press("feature-square-0")
        expect(made).to_have_count(0)
        widget.press("undo")
        expect(made).to_have_count(1)
        assert violations(widget) == []

    def test_zooms_and_looks_at_a_node_closely(self, notebook: Notebook, show: Show) -> None:
        widget = show("trained")
        widget.root.locator('[data-node="1,0"]').hover()
        expect(widget.root.locator('[data-lens="1,0"]')).to_be_visible()
        notebook.screenshot("lens")
        before = widget.edge(0, 0, 0).bounding_box()
        widget.press("zoom-in")
        widget.press("zoom-in")
        after = widget.edge(0, 0, 0).bounding_box()
        assert before is not None
        assert after is not None
        assert after["width"] == pytest.approx(1.96 * before["width"], rel=0.05)
        notebook.screenshot("zoomed")
        widget.press("fit")
        whole = widget.edge(0, 0, 0).bounding_box()
        assert whole is not None
        assert whole["width"] == pytest.approx(before["width"], rel=0.01)

    def test_reload_keeps_everything(self, notebook: Notebook, show: Show) -> None:
        widget = show("pruned")
        widget.slide("lamb", 0.7)
        widget.edge(0, 0, 0).click()
        widget.candidate("sin").click()
        widget.press("fix")
        notebook.says("w.symbolic", {"0,0,0": "sin"})
        widget.press("step")
        notebook.says("w.step", 1)
        widget.has(step=1)
        state = "[w.step, w.lamb, w.symbolic, w.history['undo']]"
        before = notebook.evaluate(state)
        structure = widget.root.get_attribute("data-structure")
        notebook.reload()
        widget.has(step=1, status="idle", structure=structure)
        expect(widget.edge(0, 0, 0)).to_contain_text("sin")
        assert notebook.evaluate(state) == before
        widget.press("step")  # and it goes on
        notebook.says("w.step", 2)
        notebook.screenshot("reloaded")

    def test_reload_resumes_playing(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        widget.press("play")
        widget.passes(0)
        notebook.reload()
        step: int = notebook.evaluate("w.step")
        widget.passes(step)
        assert notebook.evaluate("w.playing") is True
        widget.press("stop")
        notebook.says("w.playing", False)

    def test_a_closed_page_pauses_training(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        widget.press("play")
        widget.passes(0)
        with notebook.away():
            steps = [-1]

            def rests() -> bool:
                steps.append(notebook.evaluate("w.step"))
                return len(steps) > 20 and len(set(steps[-20:])) == 1

            notebook.until(rests, "rest")
            assert notebook.evaluate("w.playing") is True
        widget.passes(steps[-1])
        widget.press("stop")
        notebook.says("w.playing", False)

    def test_two_views_agree(self, notebook: Notebook, show: Show) -> None:
        first = show("pruned")
        notebook.evaluate("again.__setitem__(0, lambda: w)")
        notebook.run(Cell.AGAIN)
        second = Widget(notebook, view=1)
        second.press("step")
        first.has(step=1)
        second.has(step=1)
        second.slide("lamb", 0.7)
        notebook.says("w.lamb > 0", True)
        first.stands("lamb", notebook.evaluate("w.lamb"))
        notebook.screenshot("first-of-two-views")
        notebook.evaluate("again.__setitem__(0, None)")
        notebook.run(Cell.AGAIN)
        first.press("step")  # what is left goes on
        notebook.says("w.step", 2)

    def test_two_widgets_train_side_by_side(self, notebook: Notebook, show: Show) -> None:
        first = show("fresh")
        notebook.evaluate("again.__setitem__(0, lambda: outputs.append(start[0].explore(dataset)) or outputs[-1])")
        notebook.run(Cell.AGAIN)
        second = Widget(notebook, view=1)
        second.press("step")
        second.has(step=1)
        first.has(step=0)
        notebook.says("[w.step, outputs[-1].step]", [0, 1])
        for widget in (first, second):
            widget.press("play")
        for widget in (first, second):
            widget.passes(1)
        notebook.screenshot("first-of-two-widgets")
        second.press("stop")
        second.has(status="idle")
        notebook.says("[w.playing, outputs[-1].playing]", [True, False])
        notebook.evaluate("again.__setitem__(0, None)")
        notebook.run(Cell.AGAIN)
        notebook.evaluate("outputs.pop().close()")
        first.passes(first.step)  # what is left goes on
        first.press("stop")
        notebook.says("w.playing", False)

    def test_views_that_close_leave_nothing(self, notebook: Notebook, show: Show) -> None:
        first = show("pruned")

        def open_and_close() -> None:
            for shown, count in (("lambda: w", 2), ("None", 1)):
                notebook.evaluate(f"again.__setitem__(0, {shown})")
                notebook.run(Cell.AGAIN)
                expect(notebook.page.locator(".kanwidget")).to_have_count(count)

        for _ in range(3):
            open_and_close()
        count = Count(notebook.page)
        for _ in range(10):
            open_and_close()
        left = count.left()
        assert left.listeners <= 0 or self.own_listeners, left  # the host may have ended one of its own
        assert left.nodes < first.root.locator("*").count()  # a host has some of its own: fewer than one view of ten
        first.press("step")
        notebook.says("w.step", 1)

    def test_other_cells_run_while_it_plays(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        ran = notebook.evaluate("cells_run[0]")
        widget.press("play")
        widget.passes(0)
        notebook.run(Cell.COUNT)
        assert notebook.evaluate("[cells_run[0], w.playing]") == [ran + 1, True]
        widget.passes(widget.step)
        widget.press("stop")

    def test_goes_on_after_a_cell_that_blocks(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        widget.press("play")
        widget.passes(0)
        notebook.run(Cell.BLOCK, wait=False)
        if self.trains_beside_a_cell:
            widget.passes(widget.step)
        else:
            widget.has(status="busy")
            notebook.screenshot("busy")
        notebook.wait(Cell.BLOCK)
        widget.has(status="playing")
        widget.passes(widget.step)
        assert notebook.evaluate("w.playing") is True
        widget.press("stop")
        notebook.says("w.playing", False)

    def test_fit_in_a_cell_moves_the_picture(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        notebook.run(Cell.FIT)
        widget.has(step=30)
        assert notebook.evaluate("w.step") == 30
        notebook.screenshot("fitted")

    def test_says_that_the_kernel_is_gone(self, notebook: Notebook, show: Show) -> None:
        if self.no_restart:
            pytest.skip(self.no_restart)
        widget = show("pruned")
        notebook.restart()
        widget.has(status="gone")
        assert widget.edges == 3  # the last picture stays
        notebook.screenshot("gone")
        notebook.run(Cell.SETUP)
        show("pruned").press("step")
        notebook.says("w.step", 1)

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_is_accessible(self, notebook: Notebook, show: Show, theme: str) -> None:
        widget = show("pruned")
        notebook.theme("dark" if theme == "dark" else "light")
        widget.press("step")
        widget.has(step=1)
        found = {"opened": violations(widget)}
        widget.press("compare")
        expect(widget.root.locator('[data-part="versus"]')).to_contain_text("Start")
        found["comparing"] = violations(widget)
        widget.press("take_away")
        found["taking away"] = violations(widget)
        notebook.page.keyboard.press("Escape")
        widget.press("help")
        found["help"] = violations(widget)
        widget.press("help")
        widget.press("whatif")
        widget.root.locator("[data-node]").first.focus()
        expect(widget.root.locator("[data-lens]")).to_be_visible()
        found["what if"] = violations(widget)
        widget.press("whatif")
        widget.press("data")
        expect(widget.example("moons")).to_be_visible()
        found["data"] = violations(widget)
        widget.press("settings")
        found["settings"] = violations(widget)
        widget.press("settings")
        widget.edge(0, 0, 0).click()
        expect(widget.candidate("sin")).to_be_visible()
        found["edge"] = violations(widget)
        widget.press("auto_symbolic")
        notebook.says("w.formula['named'] == w.formula['total']", True)
        found["formula"] = violations(widget)
        widget.press("discover")
        verdict = widget.root.locator('[data-verdict="certified"]')
        expect(verdict).to_be_visible(timeout=SEARCH_MS)
        found["discovery"] = violations(widget)
        notebook.theme("light")
        faults = [f"{state}: {line}" for state, lines in found.items() for line in lines]
        assert not faults, "\n".join(faults)

    def test_keys_of_the_host_do_not_fire_inside(self, notebook: Notebook, show: Show) -> None:
        widget = show("fresh")
        before = notebook.evaluate("cells_run[0]")
        widget.press("help")
        widget.edge(0, 0, 0).focus()
        cells = notebook.page.locator(".jp-Cell, .cell, .marimo-cell").count()
        for key in ("a", "b", "x", "d", "d", "m", "Shift+Enter", "Control+Enter", "Enter"):
            notebook.page.keyboard.press(key)
        widget.has(ready="true")
        assert notebook.page.locator(".jp-Cell, .cell, .marimo-cell").count() == cells
        assert notebook.evaluate("cells_run[0]") == before

    def test_hostile_names_are_shown_as_text(self, notebook: Notebook, show: Show) -> None:
        trial = KernelTrial.of_names(notebook, lambda: show("start[0]").root)
        assert trial.read == {*trial.fields}
        assert not (faults := trial.rounds(3).faults), "\n".join(faults)

    def test_hostile_state_is_shown_as_text(self, notebook: Notebook, show: Show) -> None:
        trial = TraitTrial.of_traits(notebook, lambda: show("fresh").root)
        assert {at[0] for at in trial.read} >= {"data", "history", "snapshot"}
        assert not (faults := trial.rounds(3).faults), "\n".join(faults)

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_looks_right(self, notebook: Notebook, show: Show, theme: str) -> None:
        widget = show("pruned")
        notebook.theme("dark" if theme == "dark" else "light")
        widget.press("auto_symbolic")
        notebook.says("w.formula['named'] == w.formula['total']", True)
        for width in (600, 960, 1400):
            notebook.width(width)
            notebook.screenshot(f"{theme}-{width}")
        notebook.theme("light")
