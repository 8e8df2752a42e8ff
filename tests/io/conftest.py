"""A session that has done a bit of everything."""

from __future__ import annotations

import pytest
import torch

from kanwidget import KAN, Dataset, Session, create_dataset


@pytest.fixture(scope="session")
def small_dataset() -> Dataset:
    return create_dataset(
        lambda x: torch.sin(3 * x[:, [0]]) + x[:, [1]] ** 2, n_var=2, train_num=60, test_num=20, seed=1
    )


@pytest.fixture
def session(small_dataset: Dataset) -> Session:
    """Trained with two strengths of the penalty, refined, thinned out, named, and one act undone."""
    session = Session(KAN([2, 2, 1], grid=3, seed=1, dtype=torch.float64), small_dataset, lamb=0.01)
    session.advance(float("inf"), steps=4)
    session.set_option("lamb", 0.001)
    session.advance(float("inf"), steps=2)
    session.stop()
    session.refine(5)
    session.move_coef(0, 1, 0, 2, 0.25)
    session.pin(0, 1, 0, True)
    session.add_node(1)
    session.fix(0, 0, 0, "sin")
    session.remove_edge(0, 1, 1)
    session.undo()
    return session
