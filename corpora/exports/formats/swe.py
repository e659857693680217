"""Tasks as SWE-bench and SWE-smith have them."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from rpsdg.corpora.exports.answers import CODE
from rpsdg.corpora.exports.base import Job, UnfitError
from rpsdg.corpora.exports.facts import facts_of
from rpsdg.corpora.exports.records import RecordExport
from rpsdg.mutators.diffs import make_diff
from rpsdg.mutators.judging.baseline import Baseline
from rpsdg.sandbox.environment import Environment
from rpsdg.traces.record import Checks, Trace

__all__ = ["SweBench", "SweSmith"]

_CONTROL = "".join(map(chr, range(32)))
_START, _END = ">>>>> Start Test Output", ">>>>> End Test Output"


class SweBench(RecordExport):
    """SWE-bench: records that `swebench` 5 loads and grades; `patch` is the fix.

    The image named in a record holds the program with its bug at `/testbed`, as one commit, and its
    environment. Tests are named as the harness's parser reads them from pytest's summary; those that it
    cannot tell apart are left out.
    """

    name: ClassVar[str] = "swe-bench"
    domains = CODE

    def records(self, trace: Trace, job: Job) -> Iterable[Any]:
        """Yield one record."""
        checks = _checks(trace)
        environment = job.dataset.record("environments", checks.environment, Environment)
        nodes = _tests(checks, job)
        read = Counter(_as_parsed(node) for kind in nodes for node in kind)
        # Names that differ in blanks alone are one to the parser, and the last of them counts for all.
        failing, passing = ([n for n in map(_as_parsed, kind) if read[n] == 1] for kind in nodes)
        if not failing:
            raise UnfitError("no failing test that swebench can tell from others")
        owner, repository = _repository(trace)
        files = sorted({name.partition("::")[0] for name in read} & set(_untouched(trace, job)))
        yield {
            "instance_id": f"{owner}__{repository}-{trace.id[:12]}",
            "repo": f"{owner}/{repository}",
            "base_commit": _commit(trace),
            "environment_setup_commit": _commit(trace),
            "version": str(trace.provenance.source.get("version") or ""),
            "created_at": "",
            "problem_statement": trace.problem.statement,
            "hints_text": "",
            "patch": _fix(trace, job),
            "test_patch": "",
            "FAIL_TO_PASS": json.dumps(failing),
            "PASS_TO_PASS": json.dumps(passing),
            "image": _image(trace),
            "eval_script": _script(checks, environment, files),
            "eval_type": "pass_and_fail",
            "log_parser": "parse_log_pytest_v2",
            **facts_of(trace, job.dataset),
        }


class SweSmith(RecordExport):
    """SWE-smith: records whose `patch` is the bug, so that undoing it is the fix."""

    name: ClassVar[str] = "swe-smith"
    domains = CODE

    def records(self, trace: Trace, job: Job) -> Iterable[Any]:
        """Yield one record; tests whose names hold blanks, which SWE-smith cannot read, are left out."""
        failing, passing = ([n for n in nodes if n.split() == [n]] for nodes in _tests(_checks(trace), job))
        if not failing:
            raise UnfitError("no failing test without a blank in its name")
        owner, repository = _repository(trace)
        place = f"{owner}__{repository}.{_commit(trace)[:8]}"
        yield {
            "instance_id": f"{place}.{trace.steps[0].rule}__{trace.id[:8]}",
            "repo": f"swesmith/{place}",
            "patch": str(trace.problem.state["diff"]),
            "FAIL_TO_PASS": failing,
            "PASS_TO_PASS": passing,
            "image_name": _image(trace),
            "created_at": "",
            "problem_statement": trace.problem.statement,
            "strategy": trace.steps[0].rule if len(trace.steps) == 1 else "walk",
            **facts_of(trace, job.dataset),
        }


def _checks(trace: Trace) -> Checks:
    if trace.checks is None or not trace.checks.fail_to_pass:
        raise UnfitError("no failing test")
    return trace.checks


def _tests(checks: Checks, job: Job) -> tuple[Sequence[str], Sequence[str]]:
    baseline = job.dataset.record("baselines", checks.pass_to_pass, Baseline)
    failing = set(checks.fail_to_pass)
    return checks.fail_to_pass, [node for node in baseline.steady if node not in failing]


def _untouched(trace: Trace, job: Job) -> Iterable[str]:
    return job.programs.untouched(trace.problem.state)


def _fix(trace: Trace, job: Job) -> str:
    return make_diff(job.programs.of(trace.problem.state), job.programs.of(trace.answer.state))


def _as_parsed(node: str) -> str:
    """Return a test's name as swebench's `parse_log_pytest_v2` reads it from a line of the summary."""
    return " ".join(re.sub(r"\[\d+m", "", node).translate({ord(c): None for c in _CONTROL}).split())


def _repository(trace: Trace) -> tuple[str, str]:
    """Return owner and name: those of a git host, otherwise the kind of source and the project's name."""
    source = trace.provenance.source
    parts = [part for part in urlsplit(str(source.get("url") or "")).path.split("/") if part]
    if source.get("kind") == "git" and len(parts) >= 2:
        return _plain(parts[-2]), _plain(parts[-1].removesuffix(".git"))
    return _plain(str(source.get("kind") or "local")), _plain(str(source.get("name") or "project"))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip("-.") or "unnamed"


def _commit(trace: Trace) -> str:
    """Return the commit that the source was taken from; where it was no repository, the tree's digest."""
    commit = trace.provenance.source.get("commit")
    return commit if isinstance(commit, str) and commit else str(trace.problem.state["tree"])[:40]


def _image(trace: Trace) -> str:
    return f"rpsdg/task:{trace.id[:16]}"


def _script(checks: Checks, environment: Environment, files: Sequence[str]) -> str:
    """Return what the harness runs: the complete suite, with the tests as they were."""
    tests = shlex.join(files)
    restore = [f"git checkout HEAD -- {tests}"] if files else []
    roots = ":".join(f"/testbed/{root}".removesuffix("/.") for root in environment.roots)
    lines = [
        "#!/bin/bash",
        "set -uxo pipefail",
        "cd /testbed",
        *restore,
        *([f"export PYTHONPATH={shlex.quote(roots)}"] if roots else []),
        f": '{_START}'",
        shlex.join([*checks.command, "-rA"]),
        f": '{_END}'",
        *restore,
    ]
    return "\n".join(lines) + "\n"
