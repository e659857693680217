"""Problems: what is trained on, how it is told, and what is tested with."""

from __future__ import annotations

from itertools import islice, pairwise
from pathlib import Path

import pytest

from rpsdg.corpora.exports.answers import first_error
from rpsdg.experiments.errors import ConfigError
from rpsdg.experiments.mathematics import config, part
from rpsdg.experiments.mathematics.data import HARDER, HELD_OUT, LONGER, SEEN, Pool
from rpsdg.experiments.mathematics.elsewhere import SOURCES, posed_by
from rpsdg.experiments.mathematics.telling import as_tokens, prompt, tell
from rpsdg.experiments.mathematics.tokens import END, GO, WRONG, Tokenizer
from rpsdg.math_domains.audit.case import Case, Outcome
from rpsdg.math_domains.audit.cheap import cheap
from rpsdg.math_domains.canonical import canonical_digest, skeleton_digest
from rpsdg.math_domains.grading import Kind, grade
from rpsdg.math_domains.text import plain, sympy_text

EXPERIMENT = config.Experiment(
    "tiny",
    "Tiny",
    config.Problems(
        ("linear-equation", "linear-inequality", "integral-by-table"),
        (1, 2),
        (4, 5),
        90,
        12,
        tuple(sorted(SOURCES)),
    ),
    config.Model(16, 1, 2, 200),
    config.Process(("answers", "tapes"), (1,), 8, 2, 100, 1e-3),
)


@pytest.fixture(scope="module")
def pool() -> Pool:
    return Pool(EXPERIMENT)


def test_every_experiment_in_a_file_can_be_read_and_has_a_quick_version() -> None:
    whole, quick = part.experiments(quick=False), part.experiments(quick=True)
    assert whole
    assert {f"{one.name}-quick" for one in whole.values()} == {one.name for one in quick.values()}
    for file, one in {**whole, **quick}.items():
        assert one.name == file.stem
        assert len(one.process.seeds) >= 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"tapes"', '"tape"', "there is no arm tape"),
        ('"linear-equation"', '"linear-equations"', "there is no family linear-equations"),
        ("harder_levels = [4, 5]", "harder_levels = [3, 4]", "also one that is trained on"),
        ("heads = 4", "heads = 5", "do not divide"),
        ("[model]", "[modal]", "modal"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (Path(part.__file__).parent / "algebra-quick.toml").read_text()
    assert old in text
    (tmp_path / "bad.toml").write_text(text.replace(old, new))
    with pytest.raises(ConfigError, match=said):
        config.read(tmp_path / "bad.toml")


def test_no_problem_is_in_two_sets_and_no_held_out_skeleton_is_trained_on(pool: Pool) -> None:
    tests = {test.name: test.posed for test in pool.test_sets()}
    assert {SEEN, HELD_OUT, HARDER, LONGER} | SOURCES == set(tests)
    asked = [one.asked for posed in tests.values() for one in posed]
    trained = {prompt(trace) for trace in pool.traces}
    assert not trained & set(asked)
    ours = [one.problem for name in (SEEN, HELD_OUT, HARDER, LONGER) for one in tests[name]]
    digests = {canonical_digest(problem.question) for problem in ours if problem.question is not None}
    assert len(digests) == len(ours)
    shapes = {str(trace.provenance.source["skeleton"]) for trace in pool.traces}
    for one in tests[HELD_OUT]:
        assert one.problem.question is not None
        assert skeleton_digest(one.problem.question) not in shapes


@pytest.mark.parametrize("arm", config.ARMS)
def test_arms_tell_the_same_problems_and_answers(pool: Pool, arm: str) -> None:
    told = pool.told(config.ARMS[arm])
    assert [one.asked for one in told] == [prompt(trace) for trace in pool.traces]
    assert [one.lines[-1] for one in told] == [str(trace.answer.state["latex"]) for trace in pool.traces]
    marked = sum(one.wrong is not None for one in told)
    assert (marked > 0) == (config.ARMS[arm].wrong_steps > 0)
    assert marked <= config.ARMS[arm].wrong_steps * len(told)


def test_a_wrong_line_is_marked_put_right_and_not_trained_on(pool: Pool) -> None:
    tokenizer = Tokenizer(str(trace.problem.state["latex"]) for trace in pool.traces)
    found = 0
    for trace in pool.traces:
        mistaken = pool.mistaken(trace)
        if mistaken is None:
            continue
        found += 1
        right, told = tell(trace, 0), tell(trace, 0, mistaken)
        assert told.wrong == first_error(mistaken)
        assert [line for number, line in enumerate(told.lines) if number != told.wrong] == list(right.lines)
        ids, trained = as_tokens(told, tokenizer)
        assert len(ids) == len(trained)
        assert ids.count(WRONG) == ids.count(GO) == ids.count(END) == 1
        learnt = [token for token, is_trained in zip(ids, trained, strict=True) if is_trained]
        plain_ids, plain_trained = as_tokens(right, tokenizer)
        all_right = [token for token, is_trained in zip(plain_ids, plain_trained, strict=True) if is_trained]
        learnt.remove(WRONG)
        assert learnt == all_right
    assert found > 20


def test_problems_from_elsewhere_are_different_and_their_golds_are_right() -> None:
    for source in SOURCES:
        posed = posed_by(source, 60)
        assert len({one.asked for one in posed}) == len(posed) == 60
    for one in posed_by("mathematics_dataset", 60):
        assert grade(one.problem, plain(one.problem.gold)).right
        assert one.problem.question is not None
        case = Case(sympy_text(one.problem.question), sympy_text(one.problem.gold))
        assert cheap(case).outcome is Outcome.AGREE


def test_problems_beside_the_sets_are_new(pool: Pool) -> None:
    list(pool.test_sets())
    known = {str(trace.provenance.source["canonical"]) for trace in pool.traces}
    for trace, other in pairwise(islice(pool.more(), 20)):
        assert trace.provenance.source["canonical"] not in known
        assert trace.id != other.id


@pytest.mark.parametrize("source", sorted(SOURCES - {"mathematics_dataset"}))
def test_integrals_are_asked_as_such(source: str) -> None:
    assert {one.problem.kind for one in posed_by(source, 30)} == {Kind.ANTIDERIVATIVE}
