"""The networks of the benchmarks that look at a page.

This text is also a cell of the notebook that `widget` measures in, where nothing else of the benchmarks is at hand.
"""

import torch

from kanwidget import KAN, KANWidget, create_dataset

WIDTHS = {"2-5-1": [2, 5, 1], "10-20-5": [10, 20, 5], "64-64-10": [64, 64, 10]}
CUTS = {"10-20-5": 20, "64-64-10": 100}  # of every so many edges one matters much, as after training


def trained_looks(name: str) -> KANWidget:
    """A network on which some edges matter and most hardly do."""
    width = WIDTHS[name]
    model = KAN(width=width, grid=5, k=3, seed=0)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for layer in model.layers:
            much = torch.rand(layer.scale_sp.shape, generator=generator) < 1 / CUTS.get(name, 1)
            scale = torch.where(much, 1.0, 0.02)
            layer.scale_sp *= scale
            layer.scale_base *= scale
    dataset = create_dataset(lambda x: x[:, : width[-1]], n_var=width[0], train_num=200, test_num=50, seed=0)
    return model.explore(dataset)


def untrained(name: str) -> KANWidget:
    """A network that has something to learn: 2-5-1 the tutorial's function."""
    width = WIDTHS[name]
    if name == "2-5-1":
        dataset = create_dataset(lambda x: torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2), n_var=2)
        return KAN(width=width, grid=5, k=3, seed=0, dtype=torch.float64).explore(dataset)
    dataset = create_dataset(lambda x: torch.sin(torch.pi * x[:, : width[-1]]), n_var=width[0])
    return KAN(width=width, grid=5, k=3, seed=0).explore(dataset)
