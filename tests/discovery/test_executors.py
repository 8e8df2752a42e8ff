"""The pieces of work may be done anywhere, and by workers that die: the outcome is the same."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest
import sympy as sp
import torch

from kanwidget import add_symbolic, create_dataset, discover
from kanwidget.discovery.bases import Bases
from kanwidget.discovery.clock import Clock
from kanwidget.discovery.shapes import shapes
from kanwidget.discovery.tasks import Naming, done
from kanwidget.model import functions as table

DATA = create_dataset(
    lambda x: torch.sin(torch.pi * x[:, 0]) + x[:, 1] ** 2, n_var=2, train_num=150, test_num=50, seed=1
)


def told(executor: Executor | None, **options: Any) -> str:
    """What comes out, to the last digit."""
    found = discover(DATA, budget_s=120, executor=executor, **options)
    assert found.complete
    return repr([(c.formula, c.rmse, c.relative_rmse, c.deviations, c.certified) for c in found.candidates])


@pytest.fixture(scope="module")
def alone() -> str:
    return told(None)


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> str:
    """A function of the user's, in this process only and gone after the test."""
    monkeypatch.setattr(table, "_FUNCTIONS", dict(table._FUNCTIONS))
    add_symbolic("sin(x^2)", lambda x: torch.sin(x * x), lambda x: sp.sin(x**2))
    return "sin(x^2)"


def test_what_the_workers_do_not_know_is_done_here(processes: ProcessPoolExecutor, own: str) -> None:
    library = ("x", "x^2", "sin", own)
    assert told(processes, library=library) == told(None, library=library)


class TestPools:
    def test_threads(self, alone: str) -> None:
        with ThreadPoolExecutor(2) as pool:
            assert told(pool) == alone

    def test_processes(self, alone: str, processes: ProcessPoolExecutor) -> None:
        assert told(processes) == alone

    def test_processes_that_are_all_gone(self, alone: str) -> None:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            assert pool.submit(kill).exception(timeout=60) is not None
            assert told(pool) == alone

    def test_processes_that_die_in_the_midst(self, alone: str, processes: ProcessPoolExecutor) -> None:
        """Last of those that use these processes."""
        deaths: list[Future[None]] = []

        def strike(moment: Any) -> None:
            if not deaths:
                deaths.append(processes.submit(kill))

        assert told(processes, callback=strike) == alone
        assert len(deaths) == 1

    def test_one_that_was_shut_down(self, alone: str) -> None:
        pool = ThreadPoolExecutor(1)
        pool.shutdown()
        assert told(pool) == alone


class Lost(Executor):
    """An executor whose every second piece of work is lost on the way."""

    def __init__(self) -> None:
        self.count = 0

    def submit(self, f: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.count += 1
        if self.count % 2:
            future.set_exception(ConnectionError("the worker does not answer"))
        else:
            future.set_result(f(*args, **options))
        return future


def test_what_is_lost_is_done_here(alone: str) -> None:
    lost = Lost()
    assert told(lost) == alone
    assert lost.count > 1


def test_a_piece_of_work_travels() -> None:
    x, y = DATA.train_input, DATA.train_label
    names = ("x", "x^2", "sin")
    (shape, *_) = shapes(Bases(x), y[:, 0], [0, 1], set(names), Clock(60))
    task = Naming(shape, x, y, names)
    there = pickle.loads(pickle.dumps(done(pickle.loads(pickle.dumps(task)))))
    assert [fitted.error for fitted in there] == [fitted.error for fitted in done(task)]


class TestCluster:
    """A scheduler and two worker processes of Dask on this machine."""

    @pytest.fixture(scope="class")
    def client(self) -> Iterator[Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import distributed

            with (
                distributed.LocalCluster(
                    n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
                ) as cluster,
                distributed.Client(cluster) as client,
            ):
                yield client

    @pytest.mark.filterwarnings("ignore")
    def test_the_outcome_is_the_same(self, alone: str, client: Any) -> None:
        assert told(client.get_executor()) == alone

    @pytest.mark.filterwarnings("ignore")
    def test_even_if_a_worker_is_killed(self, alone: str, client: Any) -> None:
        killed: list[int] = []

        def strike(moment: Any) -> None:
            if not killed:
                (first, *_) = client.run(os.getpid).values()
                os.kill(first, signal.SIGKILL)
                killed.append(first)

        assert told(client.get_executor(), callback=strike) == alone
        assert len(killed) == 1
