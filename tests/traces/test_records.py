"""The record: what it is, what makes it the same, and what survives writing and reading."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpsdg.traces import jsonl
from rpsdg.traces.identity import canonical, content_hash, mask, seal
from rpsdg.traces.record import Action, Answer, Checks, Evidence, Problem, Provenance, Step, Trace
from rpsdg.traces.schema import trace_schema

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
states = st.fixed_dictionaries({"tree": text, "diff": text})
actions = st.one_of(
    st.builds(
        Action,
        tool=st.just("run"),
        input=st.fixed_dictionaries({"command": st.lists(text)}),
        observation=text,
    ),
    st.builds(Action, tool=st.just("edit"), input=st.fixed_dictionaries({"old": text}), observation=text),
)
steps = st.builds(
    Step,
    rule=text,
    aim=st.dictionaries(text, st.integers() | text, max_size=3),
    before=states,
    after=states,
    explanation=text,
    evidence=st.just((Evidence(judge="tests", strength="executed", saw={"failing": 1}),)),
    actions=st.lists(actions, max_size=3).map(tuple),
)
SCHEMA = trace_schema()

traces = st.builds(
    Trace,
    id=st.just(""),
    content_hash=st.just(""),
    domain=text,
    problem=st.builds(Problem, statement=text, style=text, state=states),
    steps=st.lists(steps, max_size=2).map(tuple),
    answer=st.builds(Answer, state=states, text=text),
    checks=st.none()
    | st.builds(
        Checks,
        environment=text,
        command=st.just(("python",)),
        fail_to_pass=st.lists(text, max_size=2).map(tuple),
        pass_to_pass=text,
    ),
    features=st.dictionaries(text, st.floats(allow_nan=False, allow_infinity=False), max_size=2),
    provenance=st.builds(Provenance, generator=text, seed=st.integers(0, 9), index=st.integers(0, 9)),
).map(seal)


@settings(max_examples=25, deadline=None)
@given(traces)
def test_a_trace_survives_json(trace: Trace) -> None:
    file = io.BytesIO()
    jsonl.write([trace, trace], file)
    file.seek(0)

    assert list(jsonl.read(file, Trace)) == [trace, trace]


@settings(max_examples=25, deadline=None)
@given(traces)
def test_a_trace_fits_the_schema(trace: Trace) -> None:
    jsonschema.validate(json.loads(jsonl.encode(trace)), SCHEMA)


def test_the_schema_in_the_docs_is_up_to_date() -> None:
    docs = Path(__file__).parents[2] / "docs" / "trace.schema.json"

    assert json.loads(docs.read_text()) == json.loads(msgspec.json.encode(trace_schema()))


@settings(max_examples=25, deadline=None)
@given(traces, text)
def test_what_a_trace_says_is_in_its_hash(trace: Trace, other: str) -> None:
    changed = msgspec.structs.replace(trace, answer=Answer(state=trace.answer.state, text=other))

    assert (content_hash(changed) == trace.content_hash) == (other == trace.answer.text)
    assert seal(changed).id == trace.id


@settings(max_examples=25, deadline=None)
@given(traces)
def test_sealing_twice_changes_nothing(trace: Trace) -> None:
    assert seal(trace) == trace


@settings(max_examples=25, deadline=None)
@given(traces)
def test_an_observation_counts_up_to_what_honest_runs_differ_in(trace: Trace) -> None:
    def observed(text: str) -> Trace:
        action = Action(tool="run", input={}, observation=text)
        step = Step(rule="r", aim={}, before={}, after={}, explanation="", actions=(action,))
        return seal(msgspec.structs.replace(trace, steps=(step,)))

    assert observed("at 0x7f00aa11bb22 in 0.1s") == observed("at 0x7f00aa11bb22 in 0.1s")
    assert observed("at 0x7f00aa11bb22").content_hash == observed("at 0x7f99aa11bb33").content_hash
    assert observed("1 failed").content_hash != observed("2 failed").content_hash


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<Foo object at 0x7f3a5c0d1e80>", "<Foo object at 0x7fffeeddccbb>"),
        ("E  assert [<generator o...7f0134c40140>] == []", "E  assert [<generator o...7fb990958140>] == []"),
        ("1 failed in 0.12s", "1 failed in 12.50s"),
        ("3 passed in 75.10s (0:01:15)", "3 passed in 61.00s (0:01:01)"),
        ("/tmp/pytest-of-tester/pytest-0/x0/f.txt: no", "/tmp/pytest-of-me/pytest-3/x0/f.txt: no"),
        (
            "E   assert {(None, 3), (2,)} == {(None, 3), (2, 2)}",
            "E   assert {(2,), (None, 3)} == {(None, 3), (2, 2)}",
        ),
        ("FAILED t.py::test_a - assert {1...", "FAILED t.py::test_a - assert {2..."),
        (
            "E   Extra items in the left set:\nE   2\nE   None\nE   Use -v to get more diff",
            "E   Extra items in the left set:\nE   None\nE   2\nE   Use -v to get more diff",
        ),
        ("/usr/lib/python3.11/re/_parser.py:861: error", "/usr/lib/python3.11/re/_parser.py:863: error"),
    ],
)
def test_masked_alike(one: str, other: str) -> None:
    assert mask(one) == mask(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("E   assert 1 == 2", "E   assert 2 == 1"),
        ("E   assert {1, 2} == {1, 3}", "E   assert {1, 2} == {1, 4}"),
        ("test_a.py:12: AssertionError", "test_a.py:13: AssertionError"),
        ("FAILED t.py::test_a - x", "FAILED t.py::test_b - x"),
    ],
)
def test_masked_apart(one: str, other: str) -> None:
    assert mask(one) != mask(other)


@given(st.dictionaries(text, st.integers() | text))
def test_there_is_one_spelling_of_a_value(value: dict[str, Any]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))


def test_a_line_cut_short_is_left_out_and_a_damaged_one_is_named() -> None:
    plan = msgspec.defstruct("Line", [("x", int)])

    assert [r.x for r in jsonl.read(io.BytesIO(b'{"x":1}\n{"x":2'), plan)] == [1]  # type: ignore[attr-defined] # made above
    with pytest.raises(jsonl.BadRecordError, match="line 2"):
        list(jsonl.read(io.BytesIO(b'{"x":1}\n{"x":"no"}\n'), plan))


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(jsonl.BadRecordError, match="unknown field"):
        jsonl.decode(b'{"judge": "a", "strength": "exact", "saw": {}, "more": 1}', Evidence)
