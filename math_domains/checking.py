"""Checking a trace of mathematics again, trusting nothing but the problem."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from rpsdg.traces.claims import FalseClaim
from rpsdg.traces.identity import content_hash, seal
from rpsdg.traces.record import State, Step, Trace

from .asking import UnaskedError, answer_text, statement, wordings
from .canonical import canonical_digest, skeleton_digest
from .difficulty import features_of, score_of
from .family import Family
from .latex import Latex
from .place import MisplacedError
from .reading import read
from .registry import all_families, all_mistakes, all_rules, no_family
from .rewriting import Detail, Rewrite
from .text import SympyText, plain
from .trees import BadTreeError, Tree
from .witnesses import Finding, Holds, judge_tape
from .witnesses.answers import judge_answer
from .writing import labelled, negative, state_of

__all__ = ["check"]


def check(trace: Trace) -> tuple[FalseClaim, ...]:
    """Return what is false about a trace.

    Every state is read anew, every step is made again by its rule and its aim and judged again by a witness,
    and the answer is checked backwards against the problem.
    """
    try:
        return tuple(_check(trace))
    except BadTreeError as error:
        return (FalseClaim("problem", f"a state cannot be read: {error}"),)


def _check(trace: Trace) -> Iterator[FalseClaim]:
    if seal(trace).id != trace.id:
        yield FalseClaim("id", f"it is {seal(trace).id}, not {trace.id}")
    if content_hash(trace) != trace.content_hash:
        yield FalseClaim("content_hash", f"it is {content_hash(trace)}, not {trace.content_hash}")
    name = str(trace.provenance.source.get("family"))
    family = all_families().get(name)
    if family is None:
        yield FalseClaim("problem", no_family(name))
        return
    if family.topic != trace.domain or not trace.steps:
        yield FalseClaim("problem", f"the family `{name}` makes no such traces")
        return
    problem, states = _tree(trace.problem.state), [trace.problem.state, *(s.after for s in trace.steps)]
    error = _first_error(trace)
    end = trace.answer.state if error is None else trace.negatives[0].state if trace.negatives else None
    if [step.before for step in trace.steps] != states[:-1] or end != states[-1]:
        yield FalseClaim("steps", "they do not lead from the problem to the answer")
        return
    if error is not None:
        mistake = str(trace.steps[error].aim.get("mistake"))
        labels = tuple(step.label for step in labelled(trace.steps, error, mistake))
        if trace.negatives != (negative(states[-1], error, mistake),):
            yield FalseClaim("negatives", "they are not the end of the wrong steps")
        if labels != tuple(step.label for step in trace.steps):
            yield FalseClaim("steps", f"after the first error the labels are {labels}")
    trees = [problem, *(_tree(step.after) for step in trace.steps)]
    yield from _written(trace, family, trees)
    moves = []
    findings = judge_tape(trees, assuming=family.assuming)
    for number, (step, finding, (before, after)) in enumerate(
        zip(trace.steps, findings, pairwise(trees), strict=True), 1
    ):
        move = _move(step)
        if isinstance(move, str):
            yield FalseClaim("move", f"step {number}: {move}")
            continue
        moves.append(move)
        yield from _step(step, move, finding, before, after, number, _detail(trace))
    answer = _tree(trace.answer.state)
    if trace.answer.text != answer_text(family, answer):
        yield FalseClaim("answer", f"its text is {answer_text(family, answer)}")
    if (holds := judge_answer(problem, answer, assuming=family.assuming)) is not Holds.YES:
        yield FalseClaim("answer", f"checked backwards, {plain(answer)} is no answer: {holds.value}")
    if error is None:  # the score is that of the right solution, which is not told where one goes wrong
        features = features_of(problem, moves, [len(str(state["sympy"])) for state in states])
        if (trace.features, trace.score) != (features, score_of(features)):
            yield FalseClaim("score", f"it is {score_of(features)}, with {features}")


def _first_error(trace: Trace) -> int | None:
    """Return the number of the first step that is not labelled as correct."""
    return next((n for n, step in enumerate(trace.steps) if step.label != "correct"), None)


def _written(trace: Trace, family: Family, trees: list[Tree]) -> Iterator[FalseClaim]:
    """What is told about the states, apart from whether they are equal."""
    latex, text = Latex(), SympyText()
    for tree, state in zip(trees, [trace.problem.state, *(s.after for s in trace.steps)], strict=True):
        if state != state_of(tree, latex, text):
            yield FalseClaim("problem", f"{state.get('sympy')} is not written {state.get('latex')}")
    try:
        told = family.told(trees[0])
        asked = {statement(ask, told, latex) for ask in wordings(family, told)}
    except UnaskedError:
        asked = set()
    if trace.problem.statement not in asked:
        yield FalseClaim("statement", f"the family does not ask: {trace.problem.statement}")
    source = trace.provenance.source
    digests = skeleton_digest(trees[0]), canonical_digest(trees[0]).hex()
    if (source.get("skeleton"), source.get("canonical")) != digests:
        yield FalseClaim("provenance", f"skeleton and canonical form are {digests}")


def _step(
    step: Step, move: Rewrite, finding: Finding, before: Tree, after: Tree, number: int, detail: Detail
) -> Iterator[FalseClaim]:
    try:
        made = move.undo(before)
    except MisplacedError as error:
        yield FalseClaim("move", f"step {number}: {step.rule} cannot be made there: {error}")
        return
    if made != after:
        yield FalseClaim("move", f"step {number}: {step.rule} leads to {plain(made)}")
    if step.explanation != move.explain(detail):
        yield FalseClaim("explanation", f"step {number}: the rule says: {move.explain(detail)}")
    if finding.holds is not (Holds.NO if step.label == "first-error" else Holds.YES):
        yield FalseClaim("steps", f"step {number} ({step.rule}, {step.label}): {finding.holds.value}")
    if step.evidence != (finding.evidence,):
        yield FalseClaim("evidence", f"step {number}: the witness saw {finding.evidence}")


def _move(step: Step) -> Rewrite | str:
    rule = all_rules().get(step.rule)
    if rule is None:
        return f"there is no rule {step.rule!r}"
    try:
        move = rule.aimed({name: value for name, value in step.aim.items() if name != "mistake"})
        if step.label != "first-error":
            return move
        mistake = all_mistakes().get(str(step.aim.get("mistake")))
        return (
            f"there is no mistake {step.aim.get('mistake')!r}" if mistake is None else mistake.misapply(move)
        )
    except (MisplacedError, BadTreeError) as error:
        return f"{step.rule} cannot be aimed: {error}"


def _detail(trace: Trace) -> Detail:
    said = trace.provenance.source.get("detail")
    return Detail(said) if said in set(Detail) else Detail.STEP


def _tree(state: State) -> Tree:
    return read(str(state.get("sympy")))
