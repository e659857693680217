"""What came of verifiers, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rpsdg.experiments.statistics import calibration, difference, mean
from rpsdg.experiments.tables import table

from .config import Experiment
from .results import VerifierResult

__all__ = ["reward_lines"]

_NAMES = {"proof": "our proved labels", "rollouts": "labels from rollouts"}


def reward_lines(experiment: Experiment, results: Sequence[VerifierResult]) -> Iterator[str]:
    """Yield the lines about verifiers of an experiment."""
    plan = experiment.verifying
    assert plan is not None
    yield (
        "**Process reward.** A verifier has the body of the generator, and a score behind each step. One "
        "learns from our wrong steps, whose first error is proved, without the kinds "
        f"{', '.join(plan.held_out)}, which are the unseen ones. The other learns from what the generator ("
        f"`tapes`) writes, each step labelled with the share of {plan.rollouts} rollouts that end well, as"
        f" Math-Shepherd does. Both may cost {plan.cost / 1e6:g} million tokens: one that a model sees going "
        "forwards counts one, one that is trained on three. Making our labels takes no model."
    )
    yield ""
    yield table(
        [
            "labels",
            "solutions",
            "tokens for labels",
            "tokens trained on",
            *(f"first error: {name}" for name in _kinds(results)),
            "ECE",
        ],
        (_row(results, source) for source in _NAMES),
    )
    yield ""
    yield f"Best of {plan.samples} samples, the weakest step deciding:"
    yield ""
    rows = []
    for test in results[0].alone:
        alone = [_bits(result.alone[test]) for result in results]
        chosen = {
            source: [_bits(result.verdicts[source].chosen[test]) for result in results] for source in _NAMES
        }
        shares = [list(result.share[test]) for result in results]
        some = [[float(share > 0) for share in row] for row in shares]
        majority = [_bits(result.majority[test]) for result in results]
        rows.append(
            [
                test,
                mean(alone).shown(),
                mean(shares).shown(),
                mean(majority).shown(),
                *(mean(chosen[source]).shown() for source in _NAMES),
                mean(some).shown(),
                *(difference(chosen[source], alone).shown(signed=True) for source in _NAMES),
                difference(chosen["proof"], chosen["rollouts"]).shown(signed=True),
            ]
        )
    head = ["problems", "greedy", "one sample", "majority", *_NAMES.values(), "any sample right"]
    yield table([*head, *(f"gain of {name}" for name in _NAMES.values()), "proved over rollouts"], rows)


def _kinds(results: Sequence[VerifierResult]) -> list[str]:
    return list(results[0].verdicts["proof"].first_error)


def _row(results: Sequence[VerifierResult], source: str) -> list[str]:
    own = [result.verdicts[source] for result in results]
    count = len(own)
    errors = [calibration(one.promised, [mark == "1" for mark in one.came]).error for one in own]
    return [
        _NAMES[source],
        f"{sum(one.labels for one in own) / count:,.0f}",
        f"{sum(one.label_tokens for one in own) / count / 1e6:.2f} M",
        f"{sum(one.train_tokens for one in own) / count / 1e6:.2f} M",
        *(mean([_bits(one.first_error[kind]) for one in own]).shown() for kind in _kinds(results)),
        f"{sum(errors) / count:.3f} ({min(errors):.3f} … {max(errors):.3f})",
    ]


def _bits(text: str) -> list[float]:
    return [float(mark) for mark in text]
