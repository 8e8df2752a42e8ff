"""Messages that do not follow the protocol are refused with a reason, whatever they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanwidget.widget.schema import SchemaError, parse

GOOD = {"v": 1, "id": 3, "client": "a", "name": "fix", "args": {"edge": [0, 1, 0], "name": "sin"}}


def test_a_good_message_is_understood() -> None:
    request = parse(GOOD)
    assert (request.id, request.client, request.name) == (3, "a", "fix")
    assert request.args == {"edge": (0, 1, 0), "name": "sin"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"v": 2}, "v="),
        ({"id": 0}, "id="),
        ({"id": True}, "id="),
        ({"id": 1.5}, "id="),
        ({"id": 10**400}, "id="),
        ({"client": ""}, "client="),
        ({"client": "x" * 1000}, "client="),
        ({"name": "exec"}, "name="),
        ({"name": "__init__"}, "name="),
        ({"args": None}, "args="),
        ({"args": {}}, "args of fix"),
        ({"args": {"edge": [0, 1, 0], "name": "sin", "more": 1}}, "args of fix"),
        ({"args": {"edge": [0, 1], "name": "sin"}}, "edge="),
        ({"args": {"edge": [0, 1, -1], "name": "sin"}}, "edge="),
        ({"args": {"edge": "012", "name": "sin"}}, "edge="),
        ({"args": {"edge": [0, 1, 0], "name": 7}}, "name="),
        ({"name": "advance", "args": {"budget_ms": float("nan")}}, "budget_ms="),
        ({"name": "advance", "args": {"budget_ms": 1e9}}, "budget_ms="),
        ({"name": "run", "args": {"frames": 0, "budget_ms": 20}}, "frames="),
        ({"name": "run", "args": {"frames": 2.5, "budget_ms": 20}}, "frames="),
        ({"name": "run", "args": {"frames": 12}}, "args of run"),
        ({"name": "refine", "args": {"grid": 201}}, "grid="),
        ({"name": "prune", "args": {"edge_th": "0.1"}}, "edge_th="),
        ({"name": "fix_affine", "args": {"edge": [0, 1, 0], "name": "sin", "affine": [1, 0, 1]}}, "affine="),
        ({"name": "fix_affine", "args": {"edge": [0, 1, 0], "name": "sin", "affine": [1, 0, 1, "0"]}}, "affine="),
        ({"name": "move_coef", "args": {"edge": [0, 1, 0], "m": 0.5, "by": 1}}, "m="),
        ({"name": "move_coef", "args": {"edge": [0, 1, 0], "m": 0, "by": float("inf")}}, "by="),
        ({"name": "set_option", "args": {"name": "loss_fn", "value": "x"}}, "name="),
    ],
)
def test_refusals_name_what_is_wrong(change: dict[str, object], named: str) -> None:
    with pytest.raises(SchemaError, match=named):
        parse({**GOOD, **change})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(anything)
def test_anything_at_all_is_understood_or_refused(message: object) -> None:
    try:
        parse(message)
    except SchemaError as error:
        assert len(str(error)) < 1000


@given(st.sampled_from(sorted(GOOD)), anything)
def test_a_message_with_one_part_replaced_is_understood_or_refused(key: str, value: object) -> None:
    try:
        request = parse({**GOOD, key: value})
    except SchemaError:
        return
    assert request.name == "fix"
