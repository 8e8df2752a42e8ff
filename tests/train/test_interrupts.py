"""Interrupts at any moment: the network is one of before or after, never between, and torch is as it was."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
import torch
from tqdm.auto import tqdm

from kanwidget import KAN, Dataset

from ..support import rows, state

MOMENTS = 12  # `make stress` tries 2,000
MANY = 40  # some of them in every step of a fit

Where = Callable[[FrameType], bool]


def dropping(frame: FrameType) -> bool:
    """Where Python drops exceptions: torch when it is called by the garbage collector, and the first copy of a class,
    which notes its slots."""
    return frame.f_code.co_filename.endswith(("_dynamo/utils.py", "utils/weak.py", "copyreg.py"))


class Interruption:
    """Counts the lines of Python that a call runs, and can interrupt it before one of them.

    A person presses Ctrl-C at a moment of their own choice; here every moment can be chosen, and chosen again.
    """

    def __init__(self, call: Callable[[], Any], where: Where = lambda frame: not dropping(frame)) -> None:
        self._call, self._where = call, where
        self._line, self._at = 0, 0
        self.left_gradients_on = True

    def lines(self) -> int:
        """How many there are."""
        self._run(at=0)
        return self._line

    def before(self, line: int) -> bool:
        """Whether the call was interrupted before its n-th line."""
        try:
            self._run(at=line)
        except KeyboardInterrupt:
            self.left_gradients_on = torch.is_grad_enabled()
            torch.set_grad_enabled(True)  # the next test must not suffer
            return True
        return False

    def _run(self, at: int) -> None:
        self._line, self._at = 0, at
        old = sys.gettrace()
        sys.settrace(self._trace)
        try:
            self._call()
        finally:
            sys.settrace(old)

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line" and self._where(frame):
            self._line += 1
            if self._line == self._at:
                sys.settrace(None)
                signal.raise_signal(signal.SIGINT)  # as Ctrl-C: what holds interrupts back is respected
        return self._trace


def parameters(model: KAN) -> dict[str, Any]:
    """What belongs together: knots, coefficients, masks, names, constants."""
    return {key: value for key, value in state(model).items() if key.startswith("layers.")}


CALLS: dict[str, Callable[[KAN], Any]] = {
    "update_grid": lambda model: model.update_grid(1.2 * rows(200, 2)),
    "move_coef": lambda model: model.move_coef(0, 0, 0, 2, 0.1),
    "remove_edge": lambda model: model.remove_edge(0, 0, 0),
    "remove_node": lambda model: model.remove_node(1, 1),
    "fix_symbolic": lambda model: model.fix_symbolic(0, 1, 0, "x^2", verbose=False),
    "auto_symbolic": lambda model: model.auto_symbolic(lib=["x", "x^2"], verbose=False),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_change_of_structure_is_whole_or_not_at_all(name: str, trained: KAN) -> None:
    changed = trained.copy()
    CALLS[name](changed)
    before, after, x = parameters(trained), parameters(changed), rows(20, 2)
    model = trained.copy()
    count = Interruption(lambda: CALLS[name](model)).lines()
    for moment in range(1, MOMENTS + 1):
        model = trained.copy()
        assert Interruption(lambda model=model: CALLS[name](model)).before(count * moment // (MOMENTS + 1))
        assert parameters(model) in (before, after)
        assert torch.isfinite(model(x)).all()


@pytest.mark.parametrize("opt", ["LM", "LBFGS", "Adam"])
def test_a_fit_ends_at_a_complete_step(opt: str) -> None:
    x = rows(60, 2)
    y = torch.sin(3 * x[:, 0]) * x[:, 1]
    complete: list[dict[str, Any]] = []

    def start() -> KAN:
        return KAN([2, 2, 1], grid=3, grid_range=(-0.5, 0.5), dtype=torch.float64)

    def keep(network: Any) -> float:
        complete.append(parameters(network))
        return 0.0

    def fit(model: KAN, **more: Any) -> None:
        model.fit((x, y), opt=opt, steps=5, lamb=0.01, lr=0.05, progress=False, **more)

    model = start()
    complete.append(parameters(model))
    fit(model, metrics=[keep])
    model = start()
    count = Interruption(lambda: fit(model)).lines()
    seen = set()
    for moment in range(1, MANY + 1):
        model = start()
        assert Interruption(lambda model=model: fit(model)).before(count * moment // (MANY + 1))
        assert parameters(model) in complete
        seen.add(complete.index(parameters(model)))
        assert torch.isfinite(model(x)).all()
        assert model.reference is None or len(model.reference) == len(model.reference_labels)
    assert seen >= {0, 1, 2, 3, 4}


def test_an_interrupted_network_goes_on(dataset: Dataset) -> None:
    model = KAN([2, 3, 1], dtype=torch.float64)
    assert Interruption(lambda: model.fit(dataset, steps=100_000, progress=False)).before(20_000)
    result = model.fit(dataset, steps=5, progress=False)
    assert len(result.steps) == 5 and result.train_loss[-1] <= 1.01 * result.train_loss[0]


class TestThreads:
    """A cell may run while a handler on another thread trains."""

    def test_many_networks_train_and_are_read_at_once(self, dataset: Dataset) -> None:
        def walk(seed: int) -> dict[str, Any]:
            model = KAN([2, 2, 1], seed=seed, dtype=torch.float64)
            model.fit(dataset, steps=8, lamb=0.01, progress=False)
            model.fit(dataset, opt="LBFGS", steps=2, progress=False)
            model.fix_symbolic(0, 0, 0, "sin", verbose=False)
            model.auto_symbolic(lib=["x", "x^2", "sin", "exp"], verbose=False)
            return state(model)

        alone = [walk(seed) for seed in range(4)]
        together: dict[int, Any] = {}

        def work(seed: int) -> None:
            try:
                together[seed] = walk(seed)
            except Exception as error:  # noqa: BLE001 - it is looked at below
                together[seed] = error

        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [together[seed] for seed in range(4)] == alone

    def test_a_network_that_is_being_trained_can_be_read(self, dataset: Dataset) -> None:
        model = KAN([2, 3, 1], dtype=torch.float64)
        x = dataset.test_input
        thread = threading.Thread(target=lambda: model.fit(dataset, steps=30, lamb=0.01, progress=False))
        thread.start()
        outputs = []
        while thread.is_alive():
            outputs.append(model(x).detach())
            model.attribute(x)
            model.symbolic_edges()
        thread.join()
        assert all(bool(torch.isfinite(y).all()) for y in outputs)
        whole = (outputs[0], model(x).detach())
        assert all(any(torch.equal(y, known) for known in whole) for y in outputs)


def leaving_no_grad(frame: FrameType) -> bool:
    return frame.f_code.co_filename.endswith("grad_mode.py") and frame.f_code.co_name == "__exit__"


def taking_the_lock_of_bars(frame: FrameType) -> bool:
    return frame.f_code.co_filename.endswith("tqdm/std.py") and frame.f_code.co_name in ("acquire", "__enter__")


class TestBeforeAnyLine:
    @pytest.mark.parametrize("progress", [True, False])
    def test_bars_of_other_threads_go_on(self, progress: bool, dataset: Dataset) -> None:
        fit = lambda: KAN([2, 1]).fit(dataset, steps=2, progress=progress)  # noqa: E731
        for line in range(1, Interruption(fit, taking_the_lock_of_bars).lines() + 1):
            assert Interruption(fit, taking_the_lock_of_bars).before(line)
        other = threading.Thread(target=lambda: tqdm(total=1, disable=True), daemon=True)
        other.start()
        other.join(timeout=10)
        assert not other.is_alive()

    @pytest.mark.parametrize(
        "call",
        [
            lambda model, data: model.fit(data, opt="LM", steps=2, progress=False),
            lambda model, data: model.fit(data, opt="LBFGS", steps=1, progress=False),
            lambda model, data: model.update_grid(data.train_input),
            lambda model, data: model.attribute(),
        ],
        ids=["LM", "LBFGS", "update_grid", "attribute"],
    )
    def test_gradients_are_not_left_switched_off(
        self, call: Callable[[KAN, Dataset], Any], trained: KAN, dataset: Dataset
    ) -> None:
        """Else nothing can be trained any more, in the whole session, and the error does not say why."""
        interruption = Interruption(lambda: call(trained, dataset), leaving_no_grad)
        lines = interruption.lines()
        assert lines
        for line in range(1, min(20, lines) + 1):
            assert interruption.before(line)
            assert interruption.left_gradients_on

    def test_an_interrupted_first_fit_does_not_spoil_all_later_ones(self) -> None:
        """torch.optim loads a large part of torch when it is first used: about a second in which people interrupt."""
        code = """
import signal
import sys
from kanwidget import KAN, create_dataset
data = create_dataset(lambda x: x[:, [0]], train_num=30, test_num=10)
lines = 0
def trace(frame, event, _):
    global lines
    lines += "_dynamo" in frame.f_code.co_filename
    if lines == 3000:
        sys.settrace(None)
        signal.raise_signal(signal.SIGINT)
    return trace
sys.settrace(trace)
try:
    KAN([2, 1]).fit(data, opt="Adam", steps=1, progress=False)
except KeyboardInterrupt:
    pass
sys.settrace(None)
KAN([2, 1]).fit(data, opt="Adam", steps=1, progress=False)
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
