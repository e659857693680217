"""A worked solution written down as a trace."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from rpsdg.traces.identity import seal
from rpsdg.traces.record import Answer, Problem, Provenance, State, Step, Trace

from .canonical import canonical_digest, skeleton_digest
from .difficulty import features_of, score_of
from .family import Family
from .latex import Latex
from .rewriting import Detail
from .tape import Tape
from .text import SympyText, plain
from .trees import Tree
from .witnesses import Finding

__all__ = ["STYLE", "Origin", "state_of", "statement", "written"]

STYLE = "plain"
"""The statement style: the task in a sentence, and the problem in LaTeX."""


@dataclass(frozen=True)
class Origin:
    """Where a problem comes from."""

    generator: str
    seed: int
    index: int
    level: int
    detail: Detail


def written(family: Family, tape: Tape, findings: list[Finding], origin: Origin, rng: Random) -> Trace:
    """Return the trace of a worked problem.

    Args:
        family: that it belongs to.
        tape: the worked solution.
        findings: what the witnesses say of its steps.
        origin: where it comes from.
        rng: chooses the wording of the task.
    """
    latex, text = Latex(), SympyText()
    states = [state_of(tree, latex, text) for tree in tape.states]
    steps = tuple(
        Step(
            rule=move.rule,
            aim=move.aim(text),
            before=before,
            after=after,
            explanation=move.explain(origin.detail, latex),
            evidence=(finding.evidence,),
        )
        for move, before, after, finding in zip(tape.moves, states, states[1:], findings, strict=False)
    )
    features = features_of(tape.problem, tape.moves, [len(state["sympy"]) for state in states])
    trace = Trace(
        id="",
        content_hash="",
        domain=family.topic,
        problem=Problem(
            statement=statement(rng.choice(family.asks), states[0]["latex"]), style=STYLE, state=states[0]
        ),
        steps=steps,
        answer=Answer(state=states[-1], text=plain(tape.answer)),
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


def state_of(tree: Tree, latex: Latex, text: SympyText) -> State:
    """Return a state as a trace holds it: for machines in SymPy's notation, for people in LaTeX."""
    return {"sympy": text(tree), "latex": latex(tree)}


def statement(ask: str, problem: str) -> str:
    """Return the task in words, with the problem in its place."""
    return ask.replace("{problem}", f"${problem}$")
