"""Makes the golden files of the present format, once: ``python -m tests.io.golden.make``. Files of earlier formats are
never made again; that they can still be read is what they are for."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from kanwidget import KAN, Dataset, Session
from kanwidget.io.container import FORMAT

FOLDER = Path(__file__).parent


def rows() -> Dataset:
    """The same numbers on every machine: sums and products of fractions of a power of two."""
    grid = torch.arange(-8, 9, dtype=torch.float64) / 8
    x = torch.cartesian_prod(grid, grid[::4])
    y = x[:, :1] * x[:, :1] + x[:, 1:]
    return Dataset(x[::2], x[1::2], y[::2], y[1::2], ("mass", "größe"), ("force",))


def network() -> KAN:
    """A product node, two degrees, a named edge, a removed one, a frozen parameter, rows and names."""
    model = KAN([2, [1, 1], 1], grid=[3, 4], k=[3, 2], seed=5, grid_range=[(-1, 1), (-2, 1)], base_fun="tanh")
    model.set_reference(rows().train_input, rows().train_label)
    model.fix_symbolic(0, 0, 1, "x^2", affine=[0.5, 0.25, -2.0, 1.0], verbose=False)
    model.remove_edge(0, 1, 2)
    model.layer(1).scale_sp.requires_grad_(False)
    model.input_names, model.output_names = ("mass", "größe"), ("force",)
    return model.eval()


def session() -> Session:
    """Trained, named, and one act undone."""
    session = Session(KAN([2, 1], grid=3, seed=1, dtype=torch.float64), rows(), lamb=0.001, opt="LM", seed=3)
    session.advance(float("inf"), steps=3)
    session.stop()
    session.fix(0, 1, 0, "x")
    session.refine(6)
    session.undo()
    return session


def expected(model: KAN) -> list[list[float]]:
    found: list[list[float]] = model(rows().test_input[:5]).tolist()
    return found


if __name__ == "__main__":
    network().save(FOLDER / f"format-{FORMAT}-model.safetensors")
    done = session()
    done.save(FOLDER / f"format-{FORMAT}-session.safetensors")
    said = {
        "model": expected(network()),
        "session": expected(done.model),
        "labels": [moment.label for moment in done.history.moments],
        "code": done.code(),
    }
    (FOLDER / f"format-{FORMAT}.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
