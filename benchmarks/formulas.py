"""From rows to a formula: how often it is exact, whether what is called certain is true, and what it costs.

A problem file (see ``scoring``) gives truths and boxes. Each is learnt from 1,000 rows drawn uniformly in its box, by
kanwidget's ``discover`` or by a peer, in a fresh process on one thread; the time is its CPU time without its imports.
A process that takes more than ``--limit`` CPU seconds is ended and has no answer.

``exact``, ``near`` and ``total`` count problems that elementary functions can solve; ``certified`` and
``false_certified``, which is certified and not exact, count all. With several seeds, for the rows and the search alike,
counts are means over the seeds, so that they compare with ``total``; only ``false_certified`` is a sum. With noise,
``structure`` counts formulas that are exact or near, or exact once their constants are fitted to rows without noise:
a term too many, which that fit takes to zero, is no fault then and shows in ``complexity`` alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import sympy as sp

from benchmarks.constants import refitted
from benchmarks.finders import FINDERS, Found, Rows
from benchmarks.fresh import Task, found_alone
from benchmarks.measure import finish
from benchmarks.scoring import Problem, Verdict, judge, read_problems

WELL_KNOWN = Path(__file__).with_name("problems.json")
TRAINING_ROWS = 1000
NOISELESS_SEED = 54321


@dataclass(frozen=True)
class Answer:
    """What came of one problem with one seed.

    Attributes:
        found: nothing where the finder broke down or ran out of time; ``trouble`` then says which.
        structure: whether only constants are wrong, if anything is.
    """

    problem: Problem
    seed: int
    seconds: float
    found: Found | None = None
    verdict: Verdict | None = None
    structure: bool = False
    trouble: str = ""

    @classmethod
    def of(cls, problem: Problem, seed: int, seconds: float, found: Found, *, noisy: bool = False) -> Answer:
        verdict = judge(problem, found.formula)
        structure = verdict.near or verdict.exact or (noisy and _exact_when_refitted(problem, found.formula))
        return cls(problem, seed, seconds, found, verdict, structure)

    @property
    def exact(self) -> bool:
        return self.verdict is not None and self.verdict.exact

    @property
    def near(self) -> bool:
        return self.verdict is not None and self.verdict.near

    @property
    def certified(self) -> bool:
        return self.found is not None and self.found.certified

    @property
    def false_certified(self) -> bool:
        return self.certified and not self.exact

    def __str__(self) -> str:
        if self.found is None or self.verdict is None:
            return f"{self.problem.name:>28}  {self.trouble}; {self.seconds:.1f} s"
        grades = {
            "exact": self.exact,
            "near": self.near and not self.exact,
            "structure": self.structure and not self.near,
            "certified": self.certified and self.exact,
            "FALSELY CERTIFIED": self.false_certified,
            "not exactable": not self.problem.exactable,
        }
        told = ", ".join(grade for grade, given in grades.items() if given) or "wrong"
        size = f"{self.verdict.complexity} nodes, error {self.verdict.error:.0e}"
        return f"{self.problem.name:>28}  {told}; {size}; {self.seconds:.1f} s; {_shown(self.found.formula)}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.problem.name,
            "seed": self.seed,
            "exactable": self.problem.exactable,
            "exact": self.exact,
            "near": self.near,
            "structure": self.structure,
            "certified": self.certified,
            "complexity": self.verdict.complexity if self.verdict else None,
            "cpu_s": round(self.seconds, 3),
            "formula": str(self.found.formula) if self.found else None,
        }


def answered(task: Task, problem: Problem, seed: int) -> Answer:
    x, y = problem.training(TRAINING_ROWS, seed, task.noise)
    found, seconds = found_alone(task, Rows(x, y, problem.variables), seed)
    if isinstance(found, str):
        return Answer(problem, seed, seconds, trouble=found)
    return Answer.of(problem, seed, seconds, found, noisy=task.noise > 0)


def _exact_when_refitted(problem: Problem, formula: sp.Expr) -> bool:
    x, y = problem.sample(TRAINING_ROWS, NOISELESS_SEED)
    return judge(problem, refitted(formula, problem.variables, x, y)).exact


def summary(answers: list[Answer], seeds: int, *, noise: bool) -> dict[str, Any]:
    """All figures, over all problems and seeds."""

    def mean(count: Callable[[Answer], bool], among: list[Answer]) -> float:
        times = sum(map(count, among)) / seeds
        return int(times) if times.is_integer() else round(times, 2)

    seconds = [answer.seconds for answer in answers]
    exactable = [answer for answer in answers if answer.problem.exactable]
    return {
        "exact": mean(lambda answer: answer.exact, exactable),
        "near": mean(lambda answer: answer.near, exactable),
        **({"structure": mean(lambda answer: answer.structure, exactable)} if noise else {}),
        "total": len(exactable) // seeds,
        "certified": mean(lambda answer: answer.certified, answers),
        "false_certified": sum(answer.false_certified for answer in answers),
        "median_cpu_s": round(median(seconds), 2),
        "p95_cpu_s": round(float(np.percentile(seconds, 95)), 2),
        "problems": [answer.as_dict() for answer in answers],
    }


def _shown(formula: sp.Expr) -> str:
    """With six digits of each constant, cut where it would fill the screen."""
    text = str(formula.xreplace({number: sp.Float(number, 6) for number in formula.atoms(sp.Float)}))
    return text if len(text) <= 200 else f"{text[:199]}…"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=Path, default=WELL_KNOWN, help="a JSON file; well-known formulas if none")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these problems of the file")
    parser.add_argument("--noise", type=float, default=0.0, help="in units of the labels' standard deviation")
    parser.add_argument("--budget", type=float, default=10.0, help="seconds that a finder is told to take at most")
    parser.add_argument("--limit", type=float, help="CPU seconds after which it is ended; three budgets if not given")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--peer", choices=[who for who in FINDERS if who != "kanwidget"], help="in kanwidget's place")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    who = args.peer or "kanwidget"
    task = Task(FINDERS[who], args.budget, args.limit or 3 * args.budget, args.noise)
    problems = read_problems(args.problems)
    if unknown := set(args.only or ()) - {problem.name for problem in problems}:
        parser.error(f"--only: {args.problems} has no {', '.join(sorted(unknown))}")
    answers = []
    for problem in problems:
        for seed in range(args.seeds if not args.only or problem.name in args.only else 0):
            answers.append(answered(task, problem, seed))
            print(answers[-1], flush=True)
    result = summary(answers, args.seeds, noise=args.noise > 0)
    print(f"{who}: {result['exact']} of {result['total']} exact, {result['false_certified']} falsely certified")
    finish(result, as_json=args.json)


if __name__ == "__main__":
    main()
