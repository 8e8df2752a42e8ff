"""What can be chosen about a fit, checked once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from kanwidget.checks import is_number, is_seed, is_whole, plain
from kanwidget.data import Dataset
from kanwidget.errors import OptionError
from kanwidget.train.losses import LOSSES, Loss, cross_entropy, mean_squared_error
from kanwidget.train.penalty import Penalty

__all__ = ["OPTIMISERS", "FitOptions"]

OPTIMISERS = ("auto", "LM", "LBFGS", "Adam", "AdamW")
MOST_STARTS = 64


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How to train.

    Attributes:
        opt: ``"LM"`` (Levenberg-Marquardt: small networks, squared error, all rows at once), ``"LBFGS"``,
            ``"Adam"``, ``"AdamW"``, or ``"auto"``: LM where it can be used, LBFGS otherwise (for classes, for large
            networks), Adam when a ``batch`` is given.
        steps: number of steps; a step is one iteration, for LBFGS up to 20.
        lr: learning rate of Adam and AdamW, first step length of LBFGS; by default 0.01 and 1.
        lamb: strength of the penalty; its terms are weighted by ``lamb_l1`` (magnitude), ``lamb_entropy``
            (few edges), ``lamb_coef`` and ``lamb_coefdiff`` (small and smooth coefficients); see
            :mod:`kanwidget.train.penalty`.
        update_grid: move the knots when the values of a node have left them.
        batch: rows per step for Adam and AdamW; -1 = all.
        loss_fn: ``"mse"``, the mean squared error, reported as its root; ``"cross_entropy"``, for class labels; or a
            callable ``(prediction, label) → scalar``. By default the one that the data set is for.
        seed: of the order of the batches and of the initial values of ``starts``.
        starts: number of initialisations, 1 … 64. With more than one, they are trained side by side for a few
            iterations, inside the first step, and the one with the smallest objective goes on alone; see
            :mod:`kanwidget.train.race`. The first is the network as it is, the others have fresh values on every
            numeric edge.
        refine: the grids to train on, each for up to ``steps`` steps: None stays on the one that there is; a list
            of numbers of intervals goes on to each of them in turn; ``"auto"`` doubles it as long as the error on
            rows held back from training falls, and ends with the best grid on all training rows. See
            :mod:`kanwidget.train.schedule`.
    """

    opt: str = "auto"
    steps: int = 20
    lr: float | None = None
    lamb: float = 0.0
    lamb_l1: float = 1.0
    lamb_entropy: float = 2.0
    lamb_coef: float = 0.0
    lamb_coefdiff: float = 0.0
    update_grid: bool = True
    batch: int = -1
    loss_fn: Loss | str | None = None
    seed: int = 0
    starts: int = 1
    refine: str | Sequence[int] | None = None

    def __post_init__(self) -> None:
        if self.opt not in OPTIMISERS:
            raise OptionError(f"opt={self.opt!r}: one of {', '.join(OPTIMISERS)} is accepted")
        _whole("steps", self.steps, 0)
        for name in ("lamb", "lamb_l1", "lamb_entropy", "lamb_coef", "lamb_coefdiff"):
            _number(name, getattr(self, name), "0 or more", lambda v: v >= 0)
        if self.lr is not None:
            _number("lr", self.lr, "more than 0", lambda v: v > 0)
        if self.batch != -1:
            _whole("batch", self.batch, 1, "-1 for all rows, or ")
        if not isinstance(self.update_grid, bool):
            raise OptionError(f"update_grid={self.update_grid!r}: True or False is accepted")
        if not is_seed(self.seed):
            raise OptionError(f"seed={self.seed!r}: an integer of 64 bits is accepted")
        if not is_whole(self.starts) or not 1 <= self.starts <= MOST_STARTS:
            raise OptionError(f"starts={self.starts!r}: an integer from 1 to {MOST_STARTS} is accepted")
        object.__setattr__(self, "refine", _schedule(self.refine))
        for field in fields(self):
            if is_number(value := getattr(self, field.name)):
                object.__setattr__(self, field.name, plain(value))
        if not (self.loss_fn is None or callable(self.loss_fn) or self.loss_fn in tuple(LOSSES)):
            known = " and ".join(map(repr, LOSSES))
            raise OptionError(f"loss_fn={self.loss_fn!r}: {known} and callables (prediction, label) are accepted")
        if self.opt == "LM" and (self.loss is not mean_squared_error or self.batch != -1):
            raise OptionError("opt='LM' fits the squared error on all rows: choose LBFGS or Adam for loss_fn or batch")
        if self.opt == "LBFGS" and self.batch != -1:
            raise OptionError("opt='LBFGS' needs all rows at once: choose Adam for batch")

    @classmethod
    def of(cls, **given: Any) -> FitOptions:
        """Options by name.

        Raises:
            OptionError: a name or a value that is not accepted.
        """
        known = [field.name for field in fields(cls)]
        unknown = [name for name in given if name not in known]
        if unknown:
            raise OptionError(f"unknown option {unknown[0]!r}: {', '.join(known)} are accepted")
        return cls(**given)

    def changed(self, **changes: Any) -> FitOptions:
        """With other values for some of them.

        Raises:
            OptionError: a name or a value that is not accepted.
        """
        return self.of(**{field.name: getattr(self, field.name) for field in fields(self)} | changes)

    def suited(self, dataset: Dataset) -> FitOptions:
        """With the loss that the data set is for, where none was chosen.

        Raises:
            OptionError: the loss or the optimiser is not for labels of this kind.
        """
        if not dataset.is_classification:
            if self.loss is cross_entropy:
                raise OptionError("loss_fn='cross_entropy' needs classes: give the Dataset task='classification'")
            return self
        if self.loss_fn is not None and self.loss is mean_squared_error:
            raise OptionError("loss_fn='mse' is for measured values: classes are fitted by 'cross_entropy'")
        if self.opt == "LM":
            raise OptionError("opt='LM' fits squared errors, not classes: choose auto, LBFGS or Adam")
        return self if self.loss_fn is not None else self.changed(loss_fn="cross_entropy")

    @property
    def loss(self) -> Loss:
        """``loss_fn`` as a function."""
        if self.loss_fn is None:
            return mean_squared_error
        return LOSSES[self.loss_fn] if isinstance(self.loss_fn, str) else self.loss_fn

    @property
    def penalty(self) -> Penalty:
        return Penalty(self.lamb_l1, self.lamb_entropy, self.lamb_coef, self.lamb_coefdiff)

    def described(self, names: Sequence[str]) -> str:
        """As the arguments of a call: those of ``names`` that differ from the default."""
        default = FitOptions()
        parts = [f"{n}={getattr(self, n)!r}" for n in names if getattr(self, n) != getattr(default, n)]
        return ", ".join(parts)


def _whole(name: str, value: Any, least: int, also: str = "") -> None:
    if not is_whole(value) or value < least:
        raise OptionError(f"{name}={value!r}: {also}an integer of {least} or more is accepted")


def _schedule(value: Any) -> str | tuple[int, ...] | None:
    """``refine`` as it was checked: grids as a tuple, because options do not change."""
    if value is None or (isinstance(value, str) and value == "auto"):
        return value
    grids = value if isinstance(value, list | tuple) else []
    if not grids or not all(is_whole(grid) and grid >= 1 for grid in grids):
        raise OptionError(f"refine={value!r}: None, 'auto', or a list of integers of 1 or more is accepted")
    return tuple(int(grid) for grid in grids)


def _number(name: str, value: Any, accepted: str, good: Callable[[float], bool]) -> None:
    if not is_number(value) or not good(value):
        raise OptionError(f"{name}={value!r}: a number of {accepted} is accepted")
