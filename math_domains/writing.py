"""A worked solution written down as a trace."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from msgspec import structs

from rpsdg.traces.identity import seal
from rpsdg.traces.record import Answer, Negative, Problem, Provenance, State, Step, Trace

from .asking import answer_text, statement, wordings
from .canonical import canonical_digest, skeleton_digest
from .difficulty import features_of, score_of
from .family import Family
from .latex import Latex
from .mistake import WrongSolution
from .rewriting import Detail, Rewrite
from .tape import Tape
from .text import SympyText
from .trees import Tree
from .witnesses import Finding

__all__ = ["STYLE", "Origin", "labelled", "negative", "state_of", "written"]

STYLE = "plain"
"""The statement style: the task in words, with formulas in LaTeX."""


@dataclass(frozen=True)
class Origin:
    """Where a problem comes from."""

    generator: str
    seed: int
    index: int
    level: int
    detail: Detail


def written(
    family: Family,
    tape: Tape,
    findings: list[Finding],
    origin: Origin,
    rng: Random,
    wrong: WrongSolution | None = None,
) -> Trace:
    """Return the trace of a worked problem.

    Args:
        family: that it belongs to.
        tape: the worked solution.
        findings: what the witnesses say of its steps.
        origin: where it comes from.
        rng: chooses the wording of the task.
        wrong: a solution with a mistake in it, to be told instead; the answer stays the right one.
    """
    latex, text = Latex(), SympyText()
    told, moves = (tape.states, tape.moves) if wrong is None else (wrong.states, wrong.moves)
    states = [state_of(tree, latex, text) for tree in told]
    steps = _steps(moves, states, findings if wrong is None else wrong.findings, origin.detail, latex, text)
    answer = states[-1]
    negatives: tuple[Negative, ...] = ()
    if wrong is not None:
        steps = labelled(steps, wrong.first_error, wrong.mistake.name)
        negatives = (negative(states[-1], wrong.first_error, wrong.mistake.name),)
        answer = state_of(tape.answer, latex, text)
    quantities = family.told(tape.problem)
    ask = rng.choice(wordings(family, quantities))
    features = features_of(tape.problem, tape.moves, [len(text(tree)) for tree in tape.states])
    trace = Trace(
        id="",
        content_hash="",
        domain=family.topic,
        problem=Problem(statement=statement(ask, quantities, latex), style=STYLE, state=states[0]),
        steps=steps,
        negatives=negatives,
        answer=Answer(state=answer, text=answer_text(family, tape.answer)),
        features=features,
        score=score_of(features),
        provenance=Provenance(
            generator=origin.generator,
            seed=origin.seed,
            index=origin.index,
            source={
                "family": family.name,
                "level": origin.level,
                "detail": int(origin.detail),
                "canonical": canonical_digest(tape.problem).hex(),
                "skeleton": skeleton_digest(tape.problem),
            },
        ),
    )
    return seal(trace)


def _steps(
    moves: list[Rewrite],
    states: list[State],
    findings: list[Finding],
    detail: Detail,
    latex: Latex,
    text: SympyText,
) -> tuple[Step, ...]:
    return tuple(
        Step(
            rule=move.rule,
            aim=move.aim(text),
            before=before,
            after=after,
            explanation=move.explain(detail, latex),
            evidence=(finding.evidence,),
        )
        for move, before, after, finding in zip(moves, states, states[1:], findings, strict=False)
    )


def labelled(steps: tuple[Step, ...], first_error: int, mistake: str) -> tuple[Step, ...]:
    """Return steps with the labels that one mistake gives them; the wrong one names it."""
    wrong = steps[first_error]
    named = structs.replace(wrong, label="first-error", aim=wrong.aim | {"mistake": mistake})
    later = [structs.replace(step, label="after-error") for step in steps[first_error + 1 :]]
    return (*steps[:first_error], named, *later)


def negative(state: State, first_error: int, mistake: str) -> Negative:
    """Return the wrong answer that a mistake leads to."""
    return Negative(
        state=state, verdict={"first_error": first_error, "mistake": mistake}, reason="wrong-step"
    )


def state_of(tree: Tree, latex: Latex, text: SympyText) -> State:
    """Return a state as a trace holds it: for machines in SymPy's notation, for people in LaTeX."""
    return {"sympy": text(tree), "latex": latex(tree)}
