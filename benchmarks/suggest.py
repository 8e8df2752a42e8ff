"""What an edge might be: every function fitted to every edge of three trained networks, against pykan 0.2.8.

kanwidget trains the networks. pykan's ``suggest_symbolic`` is given the same curves, on the same rows, in float64: its
record of activations is replaced by kanwidget's. Both choose from the functions that both have; pykan sorts by r² alone
and lists one. One thread, CPU seconds per edge: kanwidget is asked for all edges of a network in one call, once before
each edge of pykan's.

``worse_edges`` are those where kanwidget's best r² is lower by more than 1e-9. pykan's r² is the larger of the one that
it reports, which is slightly too small by construction, and the exact one of the constants that it found.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import torch
from torch import Tensor

from benchmarks.measure import Laps, finish, ratio, silent, single_thread
from kanwidget import KAN, create_dataset
from kanwidget.model.functions import functions
from kanwidget.model.nodes import Edge
from kanwidget.symbolic.edges import candidates

TOLERANCE = 1e-9


def tutorial() -> KAN:
    """exp(sin(pi x) + y^2), trained and pruned as in the tutorial: 2-5-1 becomes 2-1-1."""
    dataset = create_dataset(lambda x: torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2), n_var=2)
    model = KAN(width=[2, 5, 1], grid=5, k=3, seed=0)
    model.fit(dataset, steps=20, lamb=0.01, lamb_entropy=10.0, progress=False)
    model = model.prune()
    model.fit(dataset, steps=20, progress=False)
    return model


def nested() -> KAN:
    """exp((sin(pi (a^2 + b^2)) + sin(pi (c^2 + d^2))) / 2), as deep as the formula."""

    def truth(x: Tensor) -> Tensor:
        pairs = x.square().view(-1, 2, 2).sum(2)
        return torch.exp(torch.sin(torch.pi * pairs).sum(1, keepdim=True) / 2)

    return trained([4, 2, 1, 1], truth)


def distance() -> KAN:
    """sqrt(a^2 + b^2 + c^2)."""
    return trained([3, 1, 1], lambda x: x.square().sum(1, keepdim=True).sqrt())


def trained(width: list[int], truth: Callable[[Tensor], Tensor]) -> KAN:
    """The best of four starts: deep narrow networks often stay in a poor minimum."""
    dataset = create_dataset(truth, n_var=width[0])
    models = [KAN(width=width, grid=10, k=3, seed=seed) for seed in range(4)]
    losses = [model.fit(dataset, steps=100, progress=False).test_loss[-1] for model in models]
    return models[losses.index(min(losses))]


NETWORKS = {"tutorial": tutorial, "nested": nested, "distance": distance}


@dataclass
class Found:
    """The best function for one edge, by both."""

    network: str
    edge: Edge
    seconds: float
    pykan_seconds: float
    name: str
    pykan_name: str
    r2: float
    pykan_r2: float

    @property
    def worse(self) -> bool:
        return self.r2 < self.pykan_r2 - TOLERANCE

    def __str__(self) -> str:
        own, other = f"{self.name} {self.r2:.9f}", f"{self.pykan_name} {self.pykan_r2:.9f}"
        where = f"{self.network} {tuple(self.edge)}"
        times = f"{1000 * self.seconds:.1f} ms, pykan {self.pykan_seconds:.1f} s"
        return f"{where:>20}: {own:>22}, pykan {other:>22}; {times}{'  worse' if self.worse else ''}"


def compared(network: str, model: KAN, names: list[str]) -> Iterator[Found]:
    """Edge by edge."""
    edges, peer = list(model.edges()), with_curves_of(model)
    candidates(model, edges, names)
    for edge in edges:
        laps = Laps()
        found = laps.time("kanwidget", lambda: candidates(model, edges, names))
        name, r2 = laps.time("pykan", partial(suggested, peer, edge, names))
        best = found[edge][0]
        own_seconds = laps.seconds["kanwidget"] / len(edges)
        r2 = max(r2, exact_r2(peer, edge, name))
        yield Found(network, edge, own_seconds, laps.seconds["pykan"], best.name, name, best.r2, r2)


def with_curves_of(model: KAN) -> Any:
    """A network of pykan's that has recorded what kanwidget's edges do on the rows it was trained on."""
    with silent(), torch.no_grad():
        from kan import KAN as PykanKAN

        width = [nodes.count for nodes in model.width]
        peer = PykanKAN(width=width, grid=3, k=3, seed=0, auto_save=False)
        traces = model.trace(model.reference_rows())
        peer.acts = [trace.inputs for trace in traces]
        peer.spline_postacts = [trace.edges.transpose(1, 2) for trace in traces]
    return peer


def suggested(peer: Any, edge: Edge, names: list[str]) -> tuple[str, float]:
    with silent():
        name, _, r2, _ = peer.suggest_symbolic(*edge, lib=names, topk=1, verbose=False, weight_simple=0.0)
    return name, float(r2)


@torch.no_grad()
def exact_r2(peer: Any, edge: Edge, name: str) -> float:
    """With the constants that pykan finds for this function."""
    l, i, j = edge
    with silent():
        peer.fix_symbolic(l, i, j, name, verbose=False, log_history=False)
    x, y = peer.acts[l][:, i], peer.spline_postacts[l][:, j, i]
    layer = peer.symbolic_fun[l]
    a, b, c, d = layer.affine[j, i]
    error = (y - c * layer.funs[j][i](a * x + b) - d).square().sum()
    return float(1 - error / (y - y.mean()).square().sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--edges", type=int, help="so many of each network only")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    single_thread()
    torch.set_default_dtype(torch.float64)
    with silent():
        from kan.utils import SYMBOLIC_LIB
    names = [f.name for f in functions() if f.name in SYMBOLIC_LIB]
    found = []
    for network in args.networks:
        model = NETWORKS[network]()
        for _, edge in zip(range(args.edges or 10**9), compared(network, model, names), strict=False):
            print(edge, flush=True)
            found.append(edge)
    times = ratio([edge.pykan_seconds for edge in found], [edge.seconds for edge in found])
    print(f"{len(names)} functions, {len(found)} edges, {times:.0f} times faster, {median_ms(found):.1f} ms an edge")
    result = {
        "ratio": round(times, 1),
        "edges": len(found),
        "worse_edges": [[edge.network, *edge.edge] for edge in found if edge.worse],
    }
    finish(result, as_json=args.json)


def median_ms(found: list[Found]) -> float:
    return 1000 * median(edge.seconds for edge in found)


if __name__ == "__main__":
    main()
