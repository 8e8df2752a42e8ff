"""A frame decoded by the rules of docs/protocol.md describes the network."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import numpy as np
import pytest
import sympy as sp
import torch

from kanwidget import KAN, Dataset, add_symbolic
from kanwidget.model import functions
from kanwidget.session import Loss
from kanwidget.widget.frame import Frame, build_frame


def decode(frame: Frame) -> dict[str, np.ndarray[Any, Any]]:
    flat = np.frombuffer(frame.buffer, dtype="<f4")
    arrays, start = {}, 0
    for name, shape in frame.header["arrays"]:
        count = math.prod(shape)
        arrays[name] = flat[start : start + count].reshape(shape)
        start += count
    assert start == len(flat)
    return arrays


def build(model: KAN, losses: list[Loss] | None = None) -> Frame:
    return build_frame(model, losses or [], [], {"seq": 1, "structure": 1, "step": 0, "playing": False, "status": ""})


def test_arrays_have_the_shapes_of_the_protocol(dataset: Dataset) -> None:
    model = KAN([2, [3, 2], 1], grid=[4, 6], k=[3, 2], dtype=torch.float64)
    model.fix_symbolic(0, 0, 0, "sin", verbose=False)
    arrays = decode(build(model))
    assert arrays["0/knots"].shape == (2, 4 + 2 * 3 + 1)
    assert arrays["1/knots"].shape == (5, 6 + 2 * 2 + 1)
    assert arrays["0/coef"].shape == (2, 7, 4 + 3)
    assert arrays["0/affine"].shape == (1, 4)
    assert arrays["0/hist"].shape == (2, 24)
    assert arrays["0/importance"].shape == (2, 7)
    header = build(model).header
    assert header["width"] == [[2, 0], [3, 2], [1, 0]]
    assert header["symbolic"] == [[0, 0, 0, "sin"]]
    json.dumps(header)


def test_numbers_are_those_of_the_network(trained: KAN) -> None:
    arrays = decode(build(trained))
    for l in range(2):
        layer = trained.layer(l)
        np.testing.assert_allclose(arrays[f"{l}/coef"], layer.coef.detach().numpy(), rtol=1e-6)
        np.testing.assert_allclose(arrays[f"{l}/knots"], layer.knots.numpy(), rtol=1e-6)
    np.testing.assert_allclose(arrays["0/importance"], trained.attribute().edges[0].numpy(), atol=0.02)
    x = trained.reference_rows().numpy()
    np.testing.assert_allclose(arrays["0/range"], np.stack([x.min(0), x.max(0)], 1), rtol=1e-6)


def test_histograms_count_every_row(trained: KAN) -> None:
    counts = decode(build(trained))["0/hist"].sum(1)
    assert counts[0] == counts[1] > 100


def test_losses_are_thinned_with_first_and_last_kept() -> None:
    losses = [Loss(step, 1 / step, 2 / step, 0.0) for step in range(1, 5001)]
    loss = decode(build(KAN([1, 1]), losses))["loss"]
    assert loss.shape == (400, 4)
    assert loss[0, 0] == 1
    assert loss[-1, 0] == 5000


def test_functions_that_the_page_does_not_know_come_as_tables(trained: KAN, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions, "_FUNCTIONS", dict(functions._FUNCTIONS))  # the table as it was, afterwards
    add_symbolic("sinc test", torch.sinc, sp.Function("sinc"))
    trained.fix_symbolic(0, 0, 0, "sinc test", verbose=False)
    table = decode(build(trained))["fn/sinc test"]
    np.testing.assert_allclose(table[1], np.sinc(table[0]), atol=1e-5)
    a, b, _, _ = trained.layer(0).affine[0].tolist()
    low, high = trained.reference_rows()[:, 0].min(), trained.reference_rows()[:, 0].max()
    ends = sorted([a * float(low) + b, a * float(high) + b])
    assert table[0].min() <= ends[0] + 1e-4
    assert table[0].max() >= ends[1] - 1e-4


def test_own_base_function_comes_as_a_table(dataset: Dataset) -> None:
    model = KAN([2, 2, 1], base_fun=torch.cos, dtype=torch.float64)
    frame = build(model)
    assert frame.header["base"] == ["base_0", "base_1"]
    table = decode(frame)["fn/base_0"]
    np.testing.assert_allclose(table[1], np.cos(table[0]), atol=1e-5)


@pytest.mark.parametrize("value", [1e300, -1e300, float("inf")])
def test_numbers_beyond_float32_stay_finite(value: float) -> None:
    model = KAN([1, 1], dtype=torch.float64)
    with torch.no_grad():
        model.layer(0).scale_base[0, 0] = value
    assert np.isfinite(decode(build(model))["0/scale_base"]).all()


def test_frames_stay_small() -> None:
    frame = build(KAN([10, 20, 5]))
    assert len(frame.buffer) + len(json.dumps(frame.header)) < 100_000


def test_text_form_carries_the_same() -> None:
    frame = build(KAN([2, 2, 1]))
    header, data = frame.text().split(".")
    assert json.loads(base64.b64decode(header)) == json.loads(json.dumps(frame.header))
    assert base64.b64decode(data) == frame.buffer
