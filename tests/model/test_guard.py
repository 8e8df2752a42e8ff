"""What guards leave behind."""

from __future__ import annotations

import gc

import pytest
import torch
from torch import Tensor

from kanwidget.model.guard import grad_mode_kept, no_gradients


def test_a_guard_that_an_interrupt_left_behind_sets_nothing_later() -> None:
    with torch.no_grad():
        left = grad_mode_kept()
        left.__enter__()
    del left
    gc.collect()
    assert torch.is_grad_enabled()


def test_what_works_without_gradients_may_call_itself() -> None:
    @no_gradients
    def down(x: Tensor, times: int) -> bool:
        return torch.is_grad_enabled() or (times > 0 and down(x, times - 1))

    assert not down(torch.ones(1), 3)
    assert torch.is_grad_enabled()


def test_gradients_are_as_before_after_an_error() -> None:
    @no_gradients
    def interrupted() -> None:
        raise KeyboardInterrupt

    for mode in (True, False):
        with torch.set_grad_enabled(mode):
            with pytest.raises(KeyboardInterrupt):
                interrupted()
            assert torch.is_grad_enabled() is mode
