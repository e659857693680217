"""Solutions whose steps are labelled: by proof, as we make them, or by rollouts, as others do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rpsdg.corpora.exports.answers import first_error
from rpsdg.math_domains.grading import score
from rpsdg.traces.record import Trace

from .data import Pool
from .decoding import Writer
from .elsewhere import Posed
from .evaluation import asked_tokens
from .telling import answer_of, prompt, told_steps
from .tokens import END, GO, STEP, WRONG, Tokenizer

__all__ = ["Labelled", "by_proof", "by_rollouts", "mistake_of", "step_ends"]


@dataclass(frozen=True)
class Labelled:
    """A solution with what is known of its steps, up to the first wrong one."""

    tokens: tuple[int, ...]
    """Of the problem and the steps, a mark behind each."""
    labels: tuple[float, ...]
    """For each step how likely it is right: 1 or 0 where it is proved, or what rollouts say."""


def step_ends(tokens: Sequence[int]) -> list[int]:
    """Return where the steps of a solution end."""
    return [place for place, token in enumerate(tokens) if token in (STEP, END)]


def mistake_of(trace: Trace) -> str | None:
    """Return the kind of mistake in a solution; None where all is right."""
    place = first_error(trace)
    return None if place is None else str(trace.steps[place].aim["mistake"])


def by_proof(
    traces: Iterable[Trace], pool: Pool, tokenizer: Tokenizer, kinds: frozenset[str], *, inside: bool
) -> Iterator[Labelled]:
    """Yield solutions with proved labels, a right one and one that goes wrong by turns.

    A problem in which no mistake of these kinds can be made is left out, so that right and wrong come evenly.

    Args:
        traces: right solutions of the problems.
        pool: makes the wrong ones.
        tokenizer: of the model.
        kinds: of mistakes.
        inside: whether the mistakes are to be of these kinds, or of all but these.
    """
    due = False
    for trace in traces:
        if due:
            mistaken = pool.mistaken(trace)
            if mistaken is None or (mistake_of(mistaken) in kinds) is not inside:
                continue
            place = first_error(mistaken)
            assert place is not None
            yield _labelled(mistaken, tokenizer, place)
        else:
            yield _labelled(trace, tokenizer, None)
        due = not due


def _labelled(trace: Trace, tokenizer: Tokenizer, wrong: int | None) -> Labelled:
    lines = told_steps(trace, 0)
    shown = lines if wrong is None else lines[: wrong + 1]
    tokens = [*tokenizer.encode(prompt(trace)), GO]
    for line in shown:
        tokens += [*tokenizer.encode(line), STEP]
    if wrong is None or wrong == len(lines) - 1:
        tokens[-1] = END
    labels = [1.0] * len(shown)
    if wrong is not None:
        labels[-1] = 0.0
    return Labelled(tuple(tokens), tuple(labels))


def by_rollouts(
    posed: Iterable[Posed], writer: Writer, tokenizer: Tokenizer, rollouts: int, cost: int, seed: int
) -> list[Labelled]:
    """Return solutions that a model writes, each step labelled with the share of rollouts that end well.

    Args:
        posed: problems.
        writer: the model.
        tokenizer: of the model.
        rollouts: from behind each step; the last step is graded.
        cost: tokens, at most, that go through the model.
        seed: of what is written.
    """
    before, found, problems = writer.tokens, list[Labelled](), iter(posed)
    while writer.tokens - before < cost and (some := list(islice(problems, writer.batch))):
        asked = [asked_tokens(one, tokenizer) for one in some]
        written = writer.write(asked, 1.0, seed + len(found))
        starts: list[list[int]] = []
        for ask, solution in zip(asked, written, strict=True):
            tokens = [*ask, *solution]
            starts += [tokens[: end + 1] for end in step_ends(tokens) if tokens[end] == STEP]
        ends = iter(
            writer.write([start for start in starts for _ in range(rollouts)], 1.0, seed + len(found) + 1)
        )
        for one, ask, solution in zip(some, asked, written, strict=True):
            tokens, labels = [*ask, *solution], list[float]()
            for place in step_ends(tokens):
                if tokens[place] == END:
                    labels.append(score(one.problem, answer_of(solution, tokenizer)))
                    continue
                done = solution[: place + 1 - len(ask)]
                rights = [
                    score(one.problem, answer_of([*done, *rest], tokenizer))
                    for rest in islice(ends, rollouts)
                ]
                labels.append(sum(rights) / rollouts)
            if labels and WRONG not in tokens:
                found.append(Labelled(tuple(tokens), tuple(labels)))
    return found
