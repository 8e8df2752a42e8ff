"""Small networks, tables and sessions that the promises are tried on."""

from __future__ import annotations

import functools
from pathlib import Path

import torch

from kanwidget import KAN, Dataset, Session, create_dataset

__all__ = ["bits", "model_files", "network", "session", "session_file", "table"]


@functools.cache
def table(seed: int = 0) -> Dataset:
    return create_dataset(
        lambda x: torch.sin(3 * x[:, [0]]) + x[:, [1]] ** 2, n_var=2, train_num=60, test_num=20, seed=seed
    )


def network(seed: int = 0, dtype: torch.dtype = torch.float64) -> KAN:
    """A sum and a product node, one edge named, one removed, rows remembered."""
    model = KAN([2, [1, 1], 1], grid=3, seed=seed, dtype=dtype)
    model.set_reference(table().train_input, table().train_label)
    model.fix_symbolic(0, 0, 0, "sin", affine=[1.5, 0.1, 0.7, -0.2], verbose=False)
    model.remove_edge(0, 1, 1)
    return model


def session(seed: int = 0) -> Session:
    """Trained, refined, named, and one act undone."""
    session = Session(KAN([2, 2, 1], grid=3, seed=seed, dtype=torch.float64), table(), lamb=0.01)
    session.advance(float("inf"), steps=3)
    session.stop()
    session.refine(4)
    session.fix(0, 0, 0, "sin")
    session.undo()
    return session


def model_files(folder: Path) -> list[bytes]:
    """Files of networks of several kinds."""
    files = []
    for n, dtype in enumerate((torch.float64, torch.float32)):
        network(n, dtype).save(folder / "sample")
        files.append((folder / "sample").read_bytes())
    return files


def session_file(folder: Path) -> bytes:
    session().save(folder / "sample")
    return (folder / "sample").read_bytes()


def bits(model: torch.nn.Module) -> bytes:
    """All numbers and names of a network, bit by bit."""
    parts = []
    for key, value in sorted(model.state_dict().items()):
        parts.append(key.encode())
        parts.append(
            value.contiguous().view(torch.uint8).numpy().tobytes()
            if isinstance(value, torch.Tensor) and value.numel()
            else repr(value).encode()
        )
    return b"|".join(parts)
