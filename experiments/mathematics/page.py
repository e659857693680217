"""The section about mathematics: every sentence that has a number in it is made of the results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rpsdg.experiments.curves import Point, draw_curves
from rpsdg.experiments.statistics import Estimate, Outcomes, difference, mean
from rpsdg.experiments.tables import table

from .config import Experiment
from .data import HARDER, HELD_OUT, LONGER
from .results import ArmResult, VerifierResult
from .reward_page import reward_lines

__all__ = ["as_section", "outcomes"]

_BASE = "answers"
_TAPES = "tapes"
_EQUAL = {"steps": "equal optimiser steps", "tokens": "equal tokens"}
_BARS = (HELD_OUT, HARDER, LONGER)
"""Where tapes have to be better than answers alone."""

Told = tuple[Experiment, Sequence[ArmResult], Sequence[VerifierResult]]


def as_section(told: Sequence[Told], set_up: str, notes: str, pictures: Path) -> str:
    """Return the section, and write its pictures.

    Args:
        told: the experiments that there are results of.
        set_up: what is done, in Markdown.
        notes: what people have to say about them, in Markdown.
        pictures: a folder beside the page.
    """
    lines = ["## Mathematics", "", set_up.strip()]
    for experiment, arms, verifiers in told:
        lines += ["", f"### {experiment.title}", "", *_experiment(experiment, arms, pictures)]
        if verifiers:
            lines += ["", *reward_lines(experiment, verifiers)]
    if not told:
        lines += ["", "There are no results yet."]
    return "\n".join([*lines, "", notes.strip()])


def outcomes(results: Sequence[ArmResult], arm: str, at: str, test: str) -> Outcomes:
    """Return what each seed of an arm solved of a test set at a place of comparison."""
    return [
        [float(mark) for mark in moment.solved[test]]
        for result in results
        if result.arm == arm
        for moment in result.moments
        if moment.at == at
    ]


def _experiment(experiment: Experiment, results: Sequence[ArmResult], pictures: Path) -> Iterator[str]:
    wanted, plan = experiment.problems, experiment.process
    arms = [name for name in plan.arms if any(result.arm == name for result in results)]
    yield (
        f"Families {', '.join(wanted.families)}; trained on levels {_listed(wanted.train_levels)}, "
        f"{wanted.train:,} problems; harder ones are of levels {_listed(wanted.harder_levels)}. "
        f"Models of {results[0].parameters:,} parameters ({experiment.model.layers} layers, "
        f"width {experiment.model.width}); batches of {plan.batch} problems; {len(plan.seeds)} seeds."
    )
    tests = list(results[0].moments[-1].solved)
    for at, where in _EQUAL.items():
        yield from ("", f"**At {where}** ({_amount(plan.steps if at == 'steps' else plan.tokens, at)}):", "")
        rows = []
        for arm in arms:
            each, moment = _look(results, arm, at)
            cells = [mean(outcomes(results, arm, at, test)).shown() for test in tests]
            rows.append([arm, f"{each:.0f}", _thousands(moment), *cells])
        yield table(["arm", "tokens each", "steps; tokens", *tests], rows)
    yield from ("", "**What is gained over answers alone**, in points:", "")
    rows = [
        [f"{arm}, {where}", *(_gain(results, arm, at, test).shown(signed=True) for test in tests)]
        for arm in arms
        if arm != _BASE
        for at, where in _EQUAL.items()
    ]
    yield table(["arm", *tests], rows)
    yield ""
    if {_BASE, _TAPES} <= set(arms):
        yield from (f"- {line}" for line in _verdicts(results, tests))
    yield from ("", _audit(results))
    name = f"{experiment.name}.png"
    pictures.mkdir(parents=True, exist_ok=True)
    test = HELD_OUT if HELD_OUT in tests else tests[0]
    (pictures / name).write_bytes(
        draw_curves(
            f"{experiment.title}: {test}",
            "million tokens",
            "% solved",
            {arm: list(_curve(results, arm, test)) for arm in arms},
        )
    )
    yield from ("", f"![How {test} are learnt]({pictures.name}/{name})")


def _look(results: Sequence[ArmResult], arm: str, at: str) -> tuple[float, tuple[float, float]]:
    """Return the tokens of a problem, and the mean steps and tokens that an arm had behind it."""
    own = [result for result in results if result.arm == arm]
    moments = [moment for result in own for moment in result.moments if moment.at == at]
    steps, tokens = (
        sum(column) / len(moments) for column in zip(*((m.steps, m.tokens) for m in moments), strict=True)
    )
    return sum(result.tokens_each for result in own) / len(own), (steps, tokens)


def _gain(results: Sequence[ArmResult], arm: str, at: str, test: str) -> Estimate:
    return difference(outcomes(results, arm, at, test), outcomes(results, _BASE, at, test))


def _verdicts(results: Sequence[ArmResult], tests: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for every comparison that the claim rests on."""
    for at, where in _EQUAL.items():
        for test in _BARS:
            if test in tests:
                gain = _gain(results, _TAPES, at, test)
                found = "solve more" if gain.value > 0 else "solve fewer"
                clear = (
                    f"{found}: the interval"
                    if gain.is_clear
                    else "are not told apart from answers: the interval"
                )
                yield (
                    f"{test}, {where}: tapes {clear} of the difference is {gain.shown(signed=True)}"
                    f"{' and leaves out zero' if gain.is_clear else ''}."
                )


def _audit(results: Sequence[ArmResult]) -> str:
    seen: Counter[str] = Counter()
    for result in results:
        seen.update(result.audit)
    against = seen["right, disagree"] + seen["wrong, agree"]
    clear = against + seen["right, agree"] + seen["wrong, disagree"]
    return (
        f"Audit: of {sum(seen.values()):,} answers that could be read, SymPy has an opinion on {clear:,}; "
        f"it contradicts the grader on {against:,}, of which {seen['wrong, agree']:,} are graded wrong but "
        "have the right value (for their form, or where they are not defined)."
    )


def _curve(results: Sequence[ArmResult], arm: str, test: str) -> Iterator[Point]:
    rows = [result.moments for result in results if result.arm == arm]
    for moments in zip(*rows, strict=False):
        shortest = min(len(moment.solved[test]) for moment in moments)
        found = mean([[float(mark) for mark in moment.solved[test][:shortest]] for moment in moments])
        yield Point(moments[0].tokens / 1e6, 100 * found.value, 100 * found.low, 100 * found.high)


def _listed(levels: Sequence[int]) -> str:
    return ", ".join(map(str, levels))


def _amount(number: int, at: str) -> str:
    return f"{number:,} steps" if at == "steps" else f"{number / 1e6:g} million"


def _thousands(moment: tuple[float, float]) -> str:
    return f"{moment[0]:,.0f}; {moment[1] / 1e6:.2f} M"
