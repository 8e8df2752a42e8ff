"""What all tests share: one thread, so that times and bits do not depend on the machine, and repeatable examples."""

from __future__ import annotations

import signal

import pytest
import torch
from hypothesis import HealthCheck, settings

from kanwidget import KAN, Dataset, create_dataset

torch.set_num_threads(1)
signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell runs in the background ignores Ctrl-C

settings.register_profile(
    "kanwidget",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("kanwidget")


def truth(x: torch.Tensor) -> torch.Tensor:
    """exp(sin(pi x_1) + x_2^2)"""
    return torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2)


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    """The tutorial's table, with fewer rows."""
    return create_dataset(truth, n_var=2, train_num=300, test_num=200)


@pytest.fixture(scope="session")
def _trained(dataset: Dataset) -> KAN:
    model = KAN(width=[2, 3, 1], grid=5, k=3, seed=0, dtype=torch.float64)
    model.fit(dataset, steps=15, lamb=1e-3, progress=False)
    return model


@pytest.fixture
def trained(_trained: KAN) -> KAN:
    """A network that has learnt the tutorial's table; every test has its own copy."""
    return _trained.copy()
