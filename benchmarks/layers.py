"""One forward and backward pass of a network against other implementations: CPU milliseconds and memory.

The loss is the mean squared error on fixed rows in [-1, 1], float32, cubic splines, one thread; gradients are taken
by all parameters and not by the rows. Everybody makes the pass in the way that is fastest for them: jaxKAN compiled,
modules of torch by autograd, kanwidget as its trainer does on a batch that it has not seen before (``kanwidget_ms``).
``kanwidget_autograd_ms`` is ``model(x)`` and autograd, as in a training loop of one's own; ``kanwidget_cached_ms`` is
the trainer on all rows, where it keeps what the first layer makes of them. ``behind`` compares ``kanwidget_ms``,
``behind_autograd`` the other; the MLP is a reference and not counted there.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from benchmarks.measure import finish, in_turn, single_thread
from benchmarks.peers.base import Peer, TorchPeer, parameter_count, sample
from benchmarks.peers.jaxkan import JaxPeer
from benchmarks.peers.mlp import mlp
from benchmarks.peers.pykan import quick_pykan
from benchmarks.peers.radial import radial_bumps
from benchmarks.peers.splines import dense_splines
from kanwidget import KAN
from kanwidget.train.descent import backward
from kanwidget.train.objective import Objective
from kanwidget.train.penalty import Penalty

NETS = ("2-5-1", "4-9-1", "2-5-5-1", "64-64-64", "784-64-10")
GRIDS = (5, 10, 50, 200)
ROWS = (64, 1000, 10_000)
PEERS = ("pykan", "efficient_kan", "fast_kan", "jaxkan", "mlp")
NO_KAN = "mlp"

MOST_MB, MOST_SECONDS = 4000.0, 10.0  # of one pass; what needs more is left out
OWN, AUTOGRAD, CACHED = "kanwidget", "autograd", "cached"


class OwnPeer(TorchPeer):
    """kanwidget's own way to train."""

    keeps_rows = False

    def passes(self, x: Tensor, y: Tensor) -> Callable[[], object]:
        def objective() -> Objective:
            return Objective(x, y, 0.0, Penalty())

        kept = objective()

        def once() -> None:
            self.forget()
            backward(self.model, kept if self.keeps_rows else objective())

        return once


class CachedPeer(OwnPeer):
    """The same on rows that stay."""

    keeps_rows = True


def built(net: Sequence[int], grid: int, names: Sequence[str]) -> dict[str, Peer]:
    """All that are compared on this network."""
    torch.manual_seed(0)
    ends = net[0], net[-1]
    model = KAN(width=net, grid=grid, k=3, seed=0)
    builders: dict[str, Callable[[], Peer]] = {
        "pykan": lambda: TorchPeer(quick_pykan(net, grid), *ends),
        "efficient_kan": lambda: TorchPeer(dense_splines(net, grid), *ends),
        "fast_kan": lambda: TorchPeer(radial_bumps(net, grid), *ends),
        "jaxkan": lambda: JaxPeer(net, grid),
        "mlp": lambda: TorchPeer(mlp(net, parameter_count(model)), *ends),
    }
    own = {OWN: OwnPeer(model, *ends), AUTOGRAD: TorchPeer(model, *ends), CACHED: CachedPeer(model, *ends)}
    return own | {name: builders[name]() for name in names}


def fitting(peers: dict[str, Peer], rows: int, where: str) -> dict[str, Peer]:
    """Those that a pass on so many rows is not too much for; says which are left out."""
    kept = {}
    for name, peer in peers.items():
        need = peer.need(rows)
        if need.mb <= MOST_MB and need.seconds <= MOST_SECONDS:
            kept[name] = peer
        else:
            print(f"{where}: without {name}, it would need {need.mb:,.0f} MB and {need.seconds:.1f} s a pass")
    return kept


def measured(net: str, grid: int, rows: int, peers: dict[str, Peer], seconds: float) -> dict[str, Any]:
    """One row of the table."""
    x, y = sample(rows, *_ends(net))
    kept = fitting(peers, rows, f"{net} G={grid} N={rows}")
    times = in_turn({name: peer.passes(x, y) for name, peer in kept.items()}, seconds) if kept else {}
    memory = {name: kept[name].memory(x, y) for name in (OWN, "pykan") if isinstance(kept.get(name), TorchPeer)}
    others = [name for name in peers if name not in (OWN, AUTOGRAD, CACHED, "pykan")]
    return {
        "net": net,
        "G": grid,
        "N": rows,
        "kanwidget_ms": _rounded(times.get(OWN)),
        "kanwidget_autograd_ms": _rounded(times.get(AUTOGRAD)),
        "kanwidget_cached_ms": _rounded(times.get(CACHED)),
        "pykan_ms": _rounded(times.get("pykan")),
        "peers": {name: _rounded(times.get(name)) for name in others},
        "memory_mb": _rounded(memory.get(OWN)),
        "pykan_memory_mb": _rounded(memory.get("pykan")),
    }


def behind(rows: Sequence[dict[str, Any]], key: str) -> list[list[Any]]:
    """Where another KAN is faster than kanwidget."""
    found = []
    for row in rows:
        own, kans = row[key] or float("inf"), {"pykan": row["pykan_ms"], **row["peers"]}
        ahead = [name for name, ms in kans.items() if name != NO_KAN and ms is not None and ms < own]
        found += [[row["net"], row["G"], row["N"], name] for name in ahead]
    return found


def header(names: Sequence[str]) -> str:
    columns = [OWN, AUTOGRAD, CACHED, *names, "MB", "pykan MB"]
    return f"{'net':>10}{'G':>5}{'N':>7}" + "".join(f"{c:>15}" for c in columns)


def line(row: dict[str, Any], names: Sequence[str]) -> str:
    peers = {"pykan": row["pykan_ms"], **row["peers"]}
    own = [row[key] for key in ("kanwidget_ms", "kanwidget_autograd_ms", "kanwidget_cached_ms")]
    columns = own + [peers[name] for name in names]
    columns += [row["memory_mb"], row["pykan_memory_mb"]]
    cells = "".join(f"{'-' if value is None else f'{value:.3f}':>15}" for value in columns)
    return f"{row['net']:>10}{row['G']:>5}{row['N']:>7}{cells}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nets", nargs="+", default=NETS)
    parser.add_argument("--grids", nargs="+", type=int, default=GRIDS)
    parser.add_argument("--rows", nargs="+", type=int, default=ROWS)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    parser.add_argument("--seconds", type=float, default=0.1, help="spent on each cell of the table, at least")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    single_thread()
    print(header(args.peers))
    rows = []
    for net in args.nets:
        for grid in args.grids:
            peers = built([int(n) for n in net.split("-")], grid, args.peers)
            for count in args.rows:
                rows.append(measured(net, grid, count, peers, args.seconds))
                print(line(rows[-1], args.peers), flush=True)
    found = {"behind": behind(rows, "kanwidget_ms"), "behind_autograd": behind(rows, "kanwidget_autograd_ms")}
    print(f"another KAN is faster in {len(found['behind'])} cells, than by autograd in {len(found['behind_autograd'])}")
    finish({"rows": rows, **found}, as_json=args.json)


def _ends(net: str) -> tuple[int, int]:
    widths = [int(n) for n in net.split("-")]
    return widths[0], widths[-1]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


if __name__ == "__main__":
    main()
