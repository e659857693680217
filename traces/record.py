"""The trace record, version 1: one frozen shape for every domain; only the payload of a state differs.

Rules for changing it are in `docs/trace-format.md`; the JSON Schema beside that page is generated from
this file.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from .notebook import as_markdown

__all__ = [
    "TRACE_VERSION",
    "Action",
    "Answer",
    "Checks",
    "Evidence",
    "Negative",
    "Problem",
    "Provenance",
    "State",
    "Step",
    "Trace",
]

TRACE_VERSION = 1

State = dict[str, Any]
"""A domain's own picture of a state, as JSON. For code: `tree` (digest of the base tree) and `diff`."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all parts of a trace share: frozen, and strict about unknown fields."""


class Action(Record, frozen=True, kw_only=True):
    """A tool call inside a step and what really came back."""

    tool: Literal["run", "read", "edit"]
    """What was done: `run` a command, `read` lines of a file, `edit` a file."""
    input: dict[str, Any]
    """The arguments: `command` (a list), or `path` with `first` and `last` (lines from 1), or `path`, `old`,
    `new`."""
    observation: str
    """What came back, as it was observed in the sandbox."""


class Evidence(Record, frozen=True, kw_only=True):
    """Why a step is believed."""

    judge: str
    """Who looked, such as `tests` or `derivative`."""
    strength: Literal["exact", "enclosure", "sampled", "executed"]
    """How strong the evidence is: a proof, a rigorous enclosure, random samples, or a run."""
    saw: dict[str, Any]
    """What was seen, comparable between runs."""


class Step(Record, frozen=True, kw_only=True):
    """One undone move, in solution order."""

    rule: str
    """Id of the rule whose move this step undoes."""
    aim: dict[str, Any]
    """Where the move points. With `rule` it identifies the move."""
    before: State
    after: State
    explanation: str
    """What a solver says while making this step."""
    label: Literal["correct", "first-error", "after-error"] = "correct"
    evidence: tuple[Evidence, ...] = ()
    actions: tuple[Action, ...] = ()


class Problem(Record, frozen=True, kw_only=True):
    """What a solver gets."""

    statement: str
    """The task in words (Markdown; LaTeX for formulas)."""
    style: str
    """Name of the statement style."""
    state: State
    """The same for machines."""


class Answer(Record, frozen=True, kw_only=True):
    """The end state, for machines and for people."""

    state: State
    text: str


class Negative(Record, frozen=True, kw_only=True):
    """A verified wrong answer."""

    state: State
    verdict: dict[str, Any]
    reason: str


Confirmed = Literal["full", "covering"]


class Checks(Record, frozen=True, kw_only=True):
    """How to judge an answer to a code problem."""

    environment: str
    """Id of the environment the tests run in; its recipe and lock lie beside the traces."""
    command: tuple[str, ...]
    """The test command, run at the root of the tree."""
    fail_to_pass: tuple[str, ...]
    """Node ids that fail on the problem and pass on the answer."""
    pass_to_pass: str
    """Id of the shared list of node ids that pass on the solved state. All of them that are not in
    `fail_to_pass` pass on both, as far as they were `confirmed`."""
    confirmed: Confirmed = "full"
    """What judged every state: the complete suite, or the tests that by their coverage can reach an edit."""


class Provenance(Record, frozen=True, kw_only=True):
    """Where a trace comes from."""

    generator: str
    """Version of rpsdg."""
    seed: int
    index: int
    """The candidate's place in the order that `seed` gives."""
    source: dict[str, Any] = msgspec.field(default_factory=dict)
    """For code: kind, name, version, commit, licence, and the path and lines of the edit."""
    environment: dict[str, Any] = msgspec.field(default_factory=dict)
    """For code: Python minor version and digest of the resolved versions."""


class Trace(Record, frozen=True, kw_only=True):
    """A problem, its worked solution, and everything needed to check both."""

    version: Literal[1] = 1
    id: str
    """sha256 of the identity: domain, solved state, moves with their aim, statement style. Equal on every
    machine, sandbox and number of workers."""
    content_hash: str
    """sha256 of the canonical content, after masking what honest runs differ in (`traces/identity.py`)."""
    domain: str
    problem: Problem
    steps: tuple[Step, ...]
    answer: Answer
    negatives: tuple[Negative, ...] = ()
    checks: Checks | None = None
    """How to judge an answer by running it; absent where the judge needs only the problem."""
    features: dict[str, float] = msgspec.field(default_factory=dict)
    """What difficulty is computed from."""
    score: float | None = None
    provenance: Provenance

    def _repr_markdown_(self) -> str:
        """Return what a notebook shows of it."""
        return as_markdown(self)
