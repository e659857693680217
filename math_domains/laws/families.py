"""What holds for every family: its problems are pure, worked, and verified from the problem alone."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from itertools import islice, product

import msgspec

from rpsdg.math_domains.asking import wordings
from rpsdg.math_domains.checking import check
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.grading import Kind, Problem, first_wrong, mark_solution, score
from rpsdg.math_domains.place import MisplacedError
from rpsdg.math_domains.problems import NoSuchProblemError, Problems
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.rewriting import Detail
from rpsdg.math_domains.splitting import Split, split_of, splits_with
from rpsdg.math_domains.streams import stream
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.wording import names_in
from rpsdg.traces.levels import LEVELS
from rpsdg.traces.record import Trace

from .proofs import answers

__all__ = ["FAMILY_LAWS"]

_TOPIC = re.compile(r"[a-z]+(/[a-z0-9-]+)+")


def has_a_page(family: Family) -> Iterator[str]:
    """Its docstring opens with a sentence, and its topic is a path."""
    page = inspect.cleandoc(type(family).__doc__ or "")  # its own: `getdoc` would take a base's
    if not page.partition("\n")[0].endswith("."):
        yield "its docstring does not open with a sentence that says what is asked"
    if _TOPIC.fullmatch(family.topic) is None:
        yield f"its topic is not a path such as `math/algebra/equation`: {family.topic!r}"


def asks_in_words_that_fit(family: Family) -> Iterator[str]:
    """Every problem has a wording, and every wording a problem."""
    used: set[str] = set()
    for number, tape in enumerate(_laid(family, 400)):
        used.update(wordings(family, family.told(tape.problem)))
        if number >= 40 and len(used) == len(family.asks):
            break
    for ask in family.asks:
        if ask not in used:
            yield f"no problem tells what this wording names ({', '.join(sorted(names_in(ask)))}): {ask}"
        if not ask.endswith((".", "?")):
            yield f"a wording is no sentence: {ask}"


def every_claim_of_every_problem_holds(family: Family) -> Iterator[str]:
    """Whatever is claimed is true, after a trip through JSON, at every level."""
    for level, index in product(LEVELS, range(8)):
        trace = Problems(family, seed=5, level=level)[index]
        for false in check(msgspec.json.decode(msgspec.json.encode(trace), type=Trace)):
            yield f"{_numbered(trace)}: {false.claim}: {false.detail}"


def a_problem_depends_on_its_number_alone(family: Family) -> Iterator[str]:
    """Problems asked for in another order are the same."""
    forwards = [Problems(family, seed=1)[index] for index in range(4)]
    backwards = [Problems(family, seed=1)[index] for index in reversed(range(4))]
    if forwards != backwards[::-1]:
        yield "problems are others when they are asked for in another order"


def a_solution_is_a_walk_played_backwards(family: Family) -> Iterator[str]:
    """Every step can be taken back, and made again."""
    for level in LEVELS:
        found = list(islice(_laid(family, 400, level), 8))
        if not found:
            yield f"it drew 400 times at level {level} and made no problem"
        for walk in (tape.walk() for tape in found):
            for move, near, far in zip(walk.moves, walk.states, walk.states[1:], strict=False):
                if move.apply(near) != far or move.undo(far) != near:
                    yield f"{move.rule} does not lead from {near} to {far} and back"


def sympy_agrees_with_the_answer(family: Family) -> Iterator[str]:
    """SymPy, which knows nothing of the solution, finds the answer right."""
    for index in range(4):
        trace = Problems(family, seed=9, level=1 + index % 2)[index]
        problem, answer = (read(s["sympy"]) for s in (trace.problem.state, trace.answer.state))
        if not answers(problem, answer, family.assuming):
            yield f"{_numbered(trace)}: not the answer to {trace.problem.state['sympy']}: {trace.answer.text}"


def neighbouring_seeds_share_no_more_than_chance(family: Family) -> Iterator[str]:
    """Problems differ, and another seed makes others."""
    one, other = ({Problems(family, seed=seed)[index].id for index in range(8)} for seed in (1, 2))
    if len(one) < 4:
        yield f"of 8 problems, only {len(one)} are different"
    if len(one & other) > 2:
        yield f"of 8 problems each, the seeds 1 and 2 share {len(one & other)}"


def higher_levels_are_harder(family: Family) -> Iterator[str]:
    """The score rises with the level."""
    low, middle, high = (
        sum(Problems(family, level=level)[index].score or 0 for index in range(16)) / 16
        for level in (1, 3, 5)
    )
    if not (low < high and low <= middle + 0.02):
        yield f"the mean scores of the levels 1, 3 and 5 are {low:.3f}, {middle:.3f} and {high:.3f}"


def explanations_grow_with_the_detail(family: Family) -> Iterator[str]:
    """More detail says more."""
    brief, whole = (
        sum(len(step.explanation) for step in Problems(family, detail=detail)[0].steps)
        for detail in (Detail.BRIEF, Detail.REASON)
    )
    if brief >= whole:
        yield "with reasons the explanations are no longer than the brief ones"


def a_wrong_solution_is_proved_wrong_at_its_first_error_alone(family: Family) -> Iterator[str]:
    """A solution with a mistake is labelled, and verified, where it goes wrong; a grader finds the place."""
    for index in range(10):
        trace = Problems(family, seed=2, wrong_steps=1.0)[index]
        labels = [step.label for step in trace.steps]
        first = labels.index("first-error")
        if labels != ["correct"] * first + ["first-error"] + ["after-error"] * (len(labels) - first - 1):
            yield f"{_numbered(trace)}: its steps are labelled {labels}"
        for false in check(trace):
            yield f"{_numbered(trace)}: {false.claim}: {false.detail}"
    for index in range(8):
        trace = Problems(family, seed=12, wrong_steps=1.0)[index]
        first = [step.label for step in trace.steps].index("first-error")
        problem = Problem.of(trace)
        if (line := first_wrong(mark_solution(problem, _written(trace)))) != first + 1:
            yield f"{_numbered(trace)}: the first error is in line {first + 1}, and is found in {line}"
        if score(problem, trace.negatives[0].state["latex"]):
            yield f"{_numbered(trace)}: the wrong answer is graded right: {trace.negatives[0].state['latex']}"


def a_worked_solution_is_graded_right_line_by_line(family: Family) -> Iterator[str]:
    """The grader takes the answer in every notation, not the question, and finds no step wrong."""
    for level, index in product(LEVELS, range(2)):
        trace = Problems(family, seed=11, level=level)[index]
        problem, state = Problem.of(trace), trace.answer.state
        texts = [trace.answer.text, state["latex"]]
        if problem.kind in {Kind.VALUE, Kind.EXPRESSION, Kind.MATRIX}:
            texts.append(state["sympy"])
        for text in texts:
            if score(problem, text) != 1.0:
                yield f"{_numbered(trace)}: its answer is graded wrong, written {text}"
        if score(problem, trace.problem.state["latex"]):
            yield f"{_numbered(trace)}: the problem is graded as its own answer"
        if (line := first_wrong(mark_solution(problem, _written(trace)))) is not None:
            yield f"{_numbered(trace)}: line {line} of its solution is marked wrong"


def no_split_has_a_skeleton_of_another(family: Family) -> Iterator[str]:
    """Training, validation and test problems share no shape, whatever their seeds."""
    skeletons: dict[Split, set[str]] = {}
    for seed, split in enumerate(Split):
        problems = Problems(family, seed=seed, split=split)
        try:
            found = {str(problems[index].provenance.source["skeleton"]) for index in range(2)}
        except NoSuchProblemError:
            if splits_with(family.name) == {split}:
                yield f"it belongs to `{split}`, and has no problem there"
            continue
        skeletons[split] = found
        if {split_of(skeleton) for skeleton in found} != {split}:
            yield f"problems for `{split}` belong to another split"
    if not skeletons or (Split.TRAIN in splits_with(family.name) and Split.TRAIN not in skeletons):
        yield f"there are only problems for {', '.join(skeletons) or 'no split'}"
    if sum(map(len, skeletons.values())) != len(set().union(*skeletons.values())):
        yield "two splits share a skeleton"


FAMILY_LAWS = (
    has_a_page,
    asks_in_words_that_fit,
    a_problem_depends_on_its_number_alone,
    a_solution_is_a_walk_played_backwards,
    every_claim_of_every_problem_holds,
    sympy_agrees_with_the_answer,
    neighbouring_seeds_share_no_more_than_chance,
    higher_levels_are_harder,
    explanations_grow_with_the_detail,
    a_wrong_solution_is_proved_wrong_at_its_first_error_alone,
    a_worked_solution_is_graded_right_line_by_line,
    no_split_has_a_skeleton_of_another,
)
"""What every family is held to."""


def _laid(family: Family, draws: int, level: int | None = None) -> Iterator[Tape]:
    """Yield what a family lays, at one level or at all of them in turn."""
    for number in range(draws):
        at = LEVELS[number % len(LEVELS)] if level is None else level
        try:
            yield family.lay(stream(family.name, number), at)
        except (DrawAgainError, MisplacedError):
            continue


def _numbered(trace: Trace) -> str:
    made = trace.provenance
    return f"seed {made.seed}, level {made.source['level']}, number {made.index}"


def _written(trace: Trace) -> str:
    return "\n".join(state["latex"] for state in (trace.problem.state, *(step.after for step in trace.steps)))
