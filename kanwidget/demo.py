"""``python -m kanwidget.demo``: the whole walk without a notebook, ending in a page that one can open."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import torch

from kanwidget.data import create_dataset
from kanwidget.kan import KAN
from kanwidget.symbolic.formula import symbolic_formula
from kanwidget.symbolic.present import tidy
from kanwidget.widget.widget import KANWidget

PAGE = Path("demo.html")


def main() -> None:
    """Train, prune, name, read the formula; print what happens and write ``demo.html``."""
    begun = time.perf_counter()
    dataset = create_dataset(_f, n_var=2, seed=0)
    say(f"f(x, y) = exp(sin(πx) + y²), {len(dataset.train_input)} rows to learn from")
    widget = KANWidget(KAN(width=[2, 5, 1], grid=5, k=3, seed=0, dtype=torch.float64), dataset)
    session = widget.session
    widget.fit(steps=20, lamb=0.01, lamb_entropy=10.0)
    report("trained, sparse", widget)
    session.prune()
    report("pruned to " + "-".join(str(nodes.count) for nodes in widget.model.width), widget)
    widget.fit(steps=20, lamb=0.0)
    report("trained again", widget)
    session.auto_symbolic()
    widget.fit(steps=20)
    report("every edge named", widget)
    formulas, _ = symbolic_formula(widget.model, var=["x", "y"])
    say(f"formula: {tidy(formulas[0])}")
    widget.to_html(PAGE)
    say(f"{PAGE}: open it in a browser and move the inputs ({time.perf_counter() - begun:.1f} s)")


def _f(x: torch.Tensor) -> torch.Tensor:
    return torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2)


def report(act: str, widget: KANWidget) -> None:
    data, model = widget.session.dataset, widget.model
    with torch.no_grad():
        losses = [
            float((model(data[f"{part}_input"]) - data[f"{part}_label"]).square().mean().sqrt())
            for part in ("train", "test")
        ]
    say(f"{act:>18}:  train RMSE {losses[0]:.2e}   test RMSE {losses[1]:.2e}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
