"""Process against outcome: one arm, one seed, trained until it has passed both places of comparison."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import msgspec
import torch

from rpsdg.experiments.keeping import keep

from .config import ARMS, Arm, Experiment
from .data import Pool, TestSet
from .decoding import Writer
from .evaluation import audited, graded, solved
from .model import Transformer
from .results import ArmResult, Moment, Places
from .telling import as_tokens
from .tokens import Tokenizer
from .training import Example, Run, batches, next_token_loss

__all__ = ["Laboratory", "trained"]

_CURVE_PROBLEMS = 60
"""Of each test set, at places of the curve of learning."""
_AUDITED = 30
"""Answers to each test set that SymPy looks at."""


@dataclass
class Laboratory:
    """What the arms of an experiment share: problems, tests and tokens. Made when it is needed."""

    experiment: Experiment
    places: Places

    @cached_property
    def pool(self) -> Pool:
        """The problems to train on."""
        return Pool(self.experiment)

    @cached_property
    def tests(self) -> list[TestSet]:
        """The test sets."""
        return list(self.pool.test_sets())

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """One for all arms, so that none has a smaller vocabulary to choose from."""
        some = self.pool.traces[: self.experiment.problems.train // 4]
        texts = (
            text
            for detail in (0, 1, 2, 3)
            for told in self.pool.told(Arm(detail), some)
            for text in (told.asked, *told.lines)
        )
        return Tokenizer(texts)

    def examples(self, arm: Arm) -> list[Example]:
        """Return the training set as an arm is shown it."""
        return [as_tokens(told, self.tokenizer) for told in self.pool.told(arm)]

    def fresh(self, seed: int) -> Run:
        """Return a model before its first step."""
        torch.manual_seed(seed)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        model = Transformer(self.experiment.model, len(self.tokenizer)).to(device)
        return Run(model, self.experiment.process.rate)

    def generator(self, seed: int) -> Writer:
        """Return a model that was trained on tapes with a seed, trained now if it is not there."""
        run = self.fresh(seed)
        path = self.places.checkpoint("tapes", seed)
        if not run.load(path).get("done"):
            trained(self, "tapes", seed)
            run.load(path)
        return Writer(run.mean, self.experiment.model.context)


@dataclass(frozen=True)
class _Mark:
    """A place in training at which a model is looked at."""

    at: str
    steps: int = 0
    tokens: int = 0

    def is_passed(self, run: Run) -> bool:
        """Whether a run is there, or beyond."""
        return run.steps >= self.steps and run.tokens >= self.tokens


def trained(
    laboratory: Laboratory,
    name: str,
    seed: int,
    *,
    saved_every: int = 200,
    stop_after: int | None = None,
) -> ArmResult | None:
    """Train an arm with a seed, going on where an earlier run stopped, and keep what it solves.

    Args:
        laboratory: the experiment.
        name: of the arm.
        seed: of the weights and of the order of problems.
        saved_every: so many optimiser steps a checkpoint is written, some seconds of work.
        stop_after: the run is stopped behind so many optimiser steps, as if by a kill; None is returned then.
    """
    experiment, path = laboratory.experiment, laboratory.places.checkpoint(name, seed)
    arm, plan, context = ARMS[name], experiment.process, experiment.model.context
    run, examples = laboratory.fresh(seed), laboratory.examples(arm)
    moments = [msgspec.convert(moment, Moment) for moment in run.load(path).get("moments", ())]
    writer = Writer(run.mean, context)
    marks = _marks(experiment, sum(len(ids) for ids, _ in examples) / len(examples))[len(moments) :]
    levels = laboratory.pool.levels() if arm.curriculum else None
    order = islice(batches(len(examples), plan.batch, seed, levels, plan.steps), run.steps, None)
    while marks:
        batch = [examples[number] for number in next(order)]
        run.step(next_token_loss(run.model, batch, context), sum(len(ids) for ids, _ in batch))
        while marks and marks[0].is_passed(run):
            mark = marks.pop(0)
            most = _CURVE_PROBLEMS if mark.at == "curve" else None
            right = solved(laboratory.tests, writer, laboratory.tokenizer, most)
            moments.append(Moment(mark.at, run.steps, run.tokens, right))
        if not marks or run.steps % saved_every == 0:
            run.save(path, moments=[msgspec.to_builtins(moment) for moment in moments], done=not marks)
        if run.steps == stop_after:
            return None
    return _kept(laboratory, name, seed, run, moments, writer)


def _marks(experiment: Experiment, tokens_each: float) -> list[_Mark]:
    """Return the places of an arm with problems of so many tokens, in the order in which they are passed."""
    plan = experiment.process
    total = max(plan.tokens, round(plan.steps * plan.batch * tokens_each))
    marks = [_Mark("curve", tokens=total * point // plan.points) for point in range(1, plan.points)]
    marks += [_Mark("steps", steps=plan.steps), _Mark("tokens", tokens=plan.tokens)]

    def place(mark: _Mark) -> float:
        return max(mark.tokens, mark.steps * plan.batch * tokens_each)

    return sorted(marks, key=place)


def _kept(
    laboratory: Laboratory, name: str, seed: int, run: Run, moments: list[Moment], writer: Writer
) -> ArmResult:
    audit: Counter[str] = Counter()
    for test in laboratory.tests:
        some = test.posed[:_AUDITED]
        audit.update(audited(some, graded(some, writer, laboratory.tokenizer)))
    result = ArmResult(
        laboratory.experiment.digest,
        name,
        seed,
        sum(part.numel() for part in run.model.parameters()),
        round(run.tokens / (run.steps * laboratory.experiment.process.batch), 1),
        tuple(moments),
        tuple(
            round(sum(part) / len(part), 4)
            for at in range(0, run.steps, 100)
            for part in [run.losses[at : at + 100]]
        ),
        dict(sorted(audit.items())),
    )
    keep(laboratory.places.arm(name, seed), result)
    return result
