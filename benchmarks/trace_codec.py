"""msgspec or pydantic for the trace record?

Both sides write and read the same traces as JSON lines, frozen and strict about types and unknown fields:
we with msgspec Structs, through the functions that rpsdg itself uses; the peer with an equivalent pydantic
model, through a `TypeAdapter`, which is pydantic's quickest documented way. Traces are made, and objects of
the peer's model with them, outside the clock; before it starts, both sides' JSON of one trace is parsed and
must be equal.

More is better in every figure. The traces come in batches, both sides do each batch, and which of them
begins changes from batch to batch; the spread is that of the batches.
"""

from __future__ import annotations

import gc
import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter

from rpsdg.traces import jsonl
from rpsdg.traces.record import (
    Action,
    Answer,
    Checks,
    Evidence,
    Problem,
    Provenance,
    State,
    Step,
    Trace,
)

from .figure import Figure, compare, versions_of

__all__ = ["PydanticTrace", "make_traces", "run"]

T = TypeVar("T")
Times = tuple[list[float], list[float]]
"""Seconds of each batch: ours, the peer's."""

TRACES, QUICK_TRACES = 100_000, 5_000
BATCH = 1_000


class _Record(BaseModel):
    # Strict as msgspec is: a number in a string's place is an error, not something to convert.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Action(_Record):
    tool: Literal["run", "read", "edit"]
    input: dict[str, Any]
    observation: str


class _Evidence(_Record):
    judge: str
    strength: Literal["exact", "enclosure", "sampled", "executed"]
    saw: dict[str, Any]


class _Step(_Record):
    rule: str
    aim: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]
    explanation: str
    label: Literal["correct", "first-error", "after-error"] = "correct"
    evidence: tuple[_Evidence, ...] = ()
    actions: tuple[_Action, ...] = ()


class _Problem(_Record):
    statement: str
    style: str
    state: dict[str, Any]


class _Answer(_Record):
    state: dict[str, Any]
    text: str


class _Negative(_Record):
    state: dict[str, Any]
    verdict: dict[str, Any]
    reason: str


class _Checks(_Record):
    environment: str
    command: tuple[str, ...]
    fail_to_pass: tuple[str, ...]
    pass_to_pass: str
    confirmed: Literal["full", "covering"] = "full"


class _Provenance(_Record):
    generator: str
    seed: int
    index: int
    source: dict[str, Any] = {}
    environment: dict[str, Any] = {}


class PydanticTrace(_Record):
    """The trace record again, as a pydantic model."""

    version: Literal[1] = 1
    id: str
    content_hash: str
    domain: str
    problem: _Problem
    steps: tuple[_Step, ...]
    answer: _Answer
    negatives: tuple[_Negative, ...] = ()
    checks: _Checks | None = None
    features: dict[str, float] = {}
    score: float | None = None
    provenance: _Provenance


def run(quick: bool, *, traces: int | None = None, batch: int = BATCH) -> Iterator[Figure]:
    """Measure both sides.

    Args:
        quick: fewer traces.
        traces: how many traces instead.
        batch: how many of them at a time.
    """
    count = traces or (QUICK_TRACES if quick else TRACES)
    adapter = TypeAdapter(PydanticTrace)
    _require_equal(adapter)

    def encode_peer(model: PydanticTrace) -> bytes:
        return adapter.dump_json(model) + b"\n"

    def decode_ours(line: bytes) -> Trace:
        return jsonl.decode(line, Trace)

    encoded: Times = ([], [])
    decoded: Times = ([], [])
    sizes = []
    for number, start in enumerate(range(0, count, batch)):
        ours = make_traces(start, min(batch, count - start))
        lines = [jsonl.encode(trace) for trace in ours]
        models = [adapter.validate_json(line) for line in lines]
        sizes.append(len(ours))
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            if side == 0:
                encoded[side].append(_clock(jsonl.encode, ours))
                decoded[side].append(_clock(decode_ours, lines))
            else:
                encoded[side].append(_clock(encode_peer, models))
                decoded[side].append(_clock(adapter.validate_json, lines))
    versions = versions_of("msgspec", "pydantic", "pydantic_core")
    for name, times in (("encode", encoded), ("decode and validate", decoded)):
        rates = tuple([size / seconds for size, seconds in zip(sizes, side, strict=True)] for side in times)
        yield compare(
            f"{name}, {count:,} traces",
            count / sum(times[0]),
            count / sum(times[1]),
            unit="traces/s",
            better="more",
            versions=versions,
            repeated=(rates[0], rates[1]),
        )


def make_traces(start: int, count: int) -> list[Trace]:
    """Return traces shaped like those of code bugs, each with other content; the same ones every time."""
    return [_trace(index) for index in range(start, start + count)]


def _clock(work: Callable[[T], object], items: Sequence[T]) -> float:
    gc.collect()  # so that neither side pays for the other's garbage
    begin = time.perf_counter()
    for item in items:
        work(item)
    return time.perf_counter() - begin


def _require_equal(adapter: TypeAdapter[PydanticTrace]) -> None:
    line = jsonl.encode(_trace(0))
    if json.loads(line) != json.loads(adapter.dump_json(adapter.validate_json(line))):
        raise AssertionError("the pydantic model does not say what the trace record says")


def _trace(index: int) -> Trace:
    rng = random.Random(index)

    def text(size: int) -> str:
        start = rng.randrange(len(_TEXT) - size)
        return _TEXT[start : start + size]

    name, other = rng.choice(_WORDS), rng.choice(_WORDS)
    path, line = f"src/{name}/{other}.py", rng.randrange(1, 900)
    tree = _sha(f"tree {index % 50}")
    old, new = f"    if {name} is None and {other}:\n", f"    if {name} is None:\n"
    tests = tuple(f"tests/test_{other}.py::Test{name.title()}::test_{w}" for w in rng.sample(_WORDS, 5))
    command = ["python", "-m", "pytest", "-q", "--no-header", "--tb=short", "--color=no", *tests[:3]]
    diff = f"--- a/{path}\n+++ b/{path}\n@@ -{line},9 +{line},9 @@\n{text(240)}\n-{new}+{old}{text(240)}\n"
    before: State = {"tree": tree, "diff": diff}
    after: State = {"tree": tree, "diff": ""}
    step = Step(
        rule="drop-clause",
        aim={"path": path, "start": line * 40, "old": old, "new": new},
        before=before,
        after=after,
        explanation=f"The condition forgets to ask for `{other}`. {text(120)}",
        evidence=(
            Evidence(
                judge="tests",
                strength="executed",
                saw={"failing_before": len(tests), "failing_after": 0, "suite": rng.randrange(200, 900)},
            ),
        ),
        actions=(
            Action(tool="run", input={"command": command}, observation=text(rng.randrange(800, 1300))),
            Action(
                tool="read",
                input={"path": path, "first": line, "last": line + 30},
                observation=text(rng.randrange(800, 1300)),
            ),
            Action(
                tool="edit",
                input={"path": path, "old": old, "new": new},
                observation=text(rng.randrange(800, 1300)),
            ),
            Action(tool="run", input={"command": command}, observation=text(rng.randrange(800, 1300))),
        ),
    )
    return Trace(
        id=_sha(f"id {index}"),
        content_hash=_sha(f"content {index}"),
        domain="code/bugfix",
        problem=Problem(statement=f"# {name} breaks\n\n{text(900)}", style="symptom", state=before),
        steps=(step,),
        answer=Answer(state=after, text=diff),
        checks=Checks(
            environment=_sha("environment"),
            command=tuple(command[:7]),
            fail_to_pass=tests,
            pass_to_pass=_sha("steady"),
        ),
        features={
            "failing_tests": float(len(tests)),
            "failing_share": round(rng.random(), 6),
            "edit_bytes": float(len(old) + len(new)),
            "edit_lines": 1.0,
            "traceback_names_file": 1.0,
            "traceback_names_line": float(index % 2),
        },
        score=round(rng.random(), 6),
        provenance=Provenance(
            generator="0.1.0",
            seed=0,
            index=index,
            source={"kind": "pypi", "name": name, "version": "1.0.0", "licence": "MIT", "path": path},
            environment={"python": "3.12", "id": _sha("environment")},
        ),
    )


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_WORDS = (
    "cache", "key", "value", "window", "total", "merge", "result", "first", "second", "expected",
    "actual", "length", "counter", "item", "group", "order", "parse", "token", "limit", "offset",
    "buffer", "reader", "writer", "signal", "handler", "lookup", "source", "target", "partial", "curried",
)  # fmt: skip


def _prose() -> str:
    """Return a long text with the quotes, line feeds, indents and few non-ASCII letters of test output."""
    rng = random.Random(0)
    lines = []
    for _ in range(6000):
        a, b, c = rng.choice(_WORDS), rng.choice(_WORDS), rng.choice(_WORDS)
        number = rng.randrange(1000)
        lines.append(
            rng.choice(
                (
                    f"    def {a}_{b}(self, {c}):",
                    f"        assert {a}({b}) == {{'{c}': {number}, \"{a}\": [None, {number / 7}]}}",
                    f"tests/test_{a}.py:{number}: in test_{b}_{c}",
                    f"E       AssertionError: assert {number} == '{b}'",
                    f"FAILED tests/test_{a}.py::test_{b} - ValueError: {c} → “{a}”",
                    "........................................................................ [ 41%]",
                    f"\treturn {a}[{b!r}].{c}(key=lambda x: x ** {number})",
                    "",
                )
            )
        )
    return "\n".join(lines)


_TEXT = _prose()
