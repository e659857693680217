"""Process reward: verifiers of both kinds of labels at equal cost, and what they are good for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from rpsdg.experiments.keeping import keep
from rpsdg.math_domains.grading import Problem, score

from .config import Verifying
from .data import HARDER, HELD_OUT, SEEN
from .decoding import Writer
from .elsewhere import Posed
from .evaluation import asked_tokens, solved
from .labelling import Labelled, by_proof, by_rollouts
from .process import Laboratory
from .results import Verdicts, VerifierResult
from .telling import answer_of, prompt
from .tokens import END
from .verifier import Verifier, first_error_of

__all__ = ["PROOF", "ROLLOUTS", "SEEN_KINDS", "UNSEEN_KINDS", "rewarded"]

PROOF, ROLLOUTS = "proof", "rollouts"
"""Where labels come from."""
SEEN_KINDS, UNSEEN_KINDS = "kinds that were trained on", "unseen kinds"
_CHOSEN_FROM = (SEEN, HELD_OUT, HARDER)


def rewarded(laboratory: Laboratory, plan: Verifying, seed: int) -> VerifierResult:
    """Train verifiers with a seed, and keep what they see and what choosing by them gains."""
    pool, tokenizer = laboratory.pool, laboratory.tokenizer
    writer, held_out = laboratory.generator(seed), frozenset(plan.held_out)
    proved = list(by_proof(pool.traces, pool, tokenizer, held_out, inside=False))
    posed = [Posed(prompt(trace), Problem.of(trace)) for trace in pool.traces]
    before = writer.tokens
    rolled = by_rollouts(posed, writer, tokenizer, plan.rollouts, round(plan.cost * plan.label_share), seed)
    label_tokens = writer.tokens - before
    errors = {}
    for name, inside in ((SEEN_KINDS, False), (UNSEEN_KINDS, True)):
        found = by_proof(pool.more(), pool, tokenizer, held_out, inside=inside)
        short = (one for one in found if len(one.tokens) <= laboratory.experiment.model.context)
        errors[name] = list(islice(short, plan.problems))
    sets = {test.name: test.posed[: plan.problems] for test in laboratory.tests if test.name in _CHOSEN_FROM}
    samples = {name: _samples(some, laboratory, writer, plan, seed) for name, some in sets.items()}
    verdicts = {}
    for source, solutions, spent in ((PROOF, proved, 0), (ROLLOUTS, rolled, label_tokens)):
        verifier = Verifier(laboratory.experiment.model, len(tokenizer), plan, seed)
        verifier.train(solutions, plan.cost - spent)
        verdicts[source] = _verdicts(verifier, len(solutions), spent, errors, samples)
    alone_tests = [test for test in laboratory.tests if test.name in sets]
    result = VerifierResult(
        laboratory.experiment.digest,
        seed,
        verdicts,
        solved(alone_tests, writer, tokenizer, plan.problems),
        {name: "".join(str(int(_by_majority(few))) for few in some) for name, some in samples.items()},
        {
            name: tuple(round(sum(right for _, _, right in few) / len(few), 4) for few in some)
            for name, some in samples.items()
        },
    )
    keep(laboratory.places.verifier(seed), result)
    return result


Sample = tuple[list[int], str, bool]
"""Tokens of a problem with a solution, its answer, and whether that is right."""


def _samples(
    posed: Sequence[Posed], laboratory: Laboratory, writer: Writer, plan: Verifying, seed: int
) -> list[list[Sample]]:
    """Return several solutions of each problem."""
    tokenizer = laboratory.tokenizer
    asked = [asked_tokens(one, tokenizer) for one in posed for _ in range(plan.samples)]
    written = iter(zip(asked, writer.write(asked, 1.0, seed), strict=True))
    found = []
    for one in posed:
        some = []
        for ask, solution in islice(written, plan.samples):
            answer = answer_of(solution, tokenizer)
            some.append(([*ask, *solution], answer, score(one.problem, answer) == 1.0))
        found.append(some)
    return found


def _by_majority(samples: Sequence[Sample]) -> bool:
    """Say whether the answer is right that most samples end with."""
    (answer, _), *_ = Counter(answer for _, answer, _ in samples if answer).most_common(1) or [("", 0)]
    return any(right for _, other, right in samples if other == answer)


def _verdicts(
    verifier: Verifier,
    labels: int,
    spent: int,
    errors: dict[str, list[Labelled]],
    samples: dict[str, list[list[Sample]]],
) -> Verdicts:
    seen, promised, came = {}, list[float](), ""
    for name, solutions in errors.items():
        judged = verifier.judge([one.tokens for one in solutions])
        truth = [first_error_of(one.labels) for one in solutions]
        seen[name] = "".join(
            str(int(first_error_of(one) == true)) for one, true in zip(judged, truth, strict=True)
        )
        if name == UNSEEN_KINDS:
            promised = [round(promise, 4) for one in judged for promise in one]
            came = "".join(str(int(label)) for one in solutions for label in one.labels)
    chosen = {name: "".join(str(int(_best(verifier, few))) for few in some) for name, some in samples.items()}
    return Verdicts(labels, spent, verifier.run.tokens, seen, tuple(promised), came, chosen)


def _best(verifier: Verifier, samples: Sequence[Sample]) -> bool:
    """Say whether the sample is right whose weakest step is the strongest; it must have an end."""
    judged = verifier.judge([tokens for tokens, _, _ in samples])
    marks = [
        min(promised, default=0.0) if tokens[-1] == END else -1.0
        for (tokens, _, _), promised in zip(samples, judged, strict=True)
    ]
    return samples[max(range(len(samples)), key=marks.__getitem__)][2]
