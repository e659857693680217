"""How long does it take to grade an answer, and how many adversarial answers are graded right?

Both sides grade every answer of the adversarial suite. Our side reads it, compares it with the problem, and
checks the form asked for. The peer is Math-Verify from the package index, in an environment of its own: it
parses the first right answer of the same problem once, outside the clock, then each answer, and compares the
two. It knows no forms, no constants of integration and no units, which is part of what is measured; an answer
without dollars or a box is put between dollars for it, as its manual asks.

Each answer is graded several times on our side, of which the quickest counts, and once on the peer's after it
is warm; the median over answers is reported. Without an index the peer is left out, and the log says so.
"""

from __future__ import annotations

import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rpsdg.math_domains.grading import grade

from .adversarial import Case, cases
from .figure import Figure, compare, versions_of

__all__ = ["run"]

PEER = "math-verify[antlr4_13_2]"
REPETITIONS = 5
QUICK_CASES = 60
_LIMIT = 900
"""Seconds that the peer may take for everything."""
_PEER_PROGRAM = Path(__file__).parent / "grader_peer.py"

_log = logging.getLogger(__name__)


def run(quick: bool) -> Iterator[Figure]:
    """Measure both sides.

    Args:
        quick: fewer cases, taken evenly from all kinds.
    """
    suite = cases()
    if quick:
        suite = suite[:: max(1, len(suite) // QUICK_CASES)]
    repeated = [_graded(suite) for _ in range(1 if quick else REPETITIONS)]
    ours = [min(times) for times in zip(*(times for times, _ in repeated), strict=True)]
    peers = _peer(suite)
    versions = versions_of("python-flint")
    if peers is not None:
        versions["math-verify"] = peers["version"]
    yield compare(
        f"median time to grade an answer, {len(suite)} answers",
        1e6 * statistics.median(ours),
        0.0 if peers is None else 1e6 * statistics.median(peers["seconds"]),
        unit="µs",
        better="less",
        versions=versions,
    )
    verdicts = repeated[0][1]
    for title, kept in (
        ("answers graded right", suite),
        ("right answers accepted", [case for case in suite if case.right]),
        ("wrong answers rejected", [case for case in suite if not case.right]),
    ):
        yield compare(
            f"{title}, of {len(kept)}",
            _share(suite, kept, verdicts),
            0.0 if peers is None else _share(suite, kept, peers["right"]),
            unit="%",
            better="more",
            versions=versions,
        )


def _graded(suite: Sequence[Case]) -> tuple[list[float], list[bool]]:
    times, verdicts = [], []
    for case in suite:
        begin = time.perf_counter()
        found = grade(case.problem, case.answer)
        times.append(time.perf_counter() - begin)
        verdicts.append(found.right)
    return times, verdicts


def _share(suite: Sequence[Case], kept: Sequence[Case], verdicts: Sequence[bool]) -> float:
    """Return what percentage of some cases has the verdict it should have."""
    agreed = {case for case, verdict in zip(suite, verdicts, strict=True) if case.right is verdict}
    return 100 * sum(case in agreed for case in kept) / len(kept)


def _peer(suite: Sequence[Case]) -> dict[str, Any] | None:
    """Return what the peer says of every case; None where it cannot be installed."""
    first = {case.problem: case.answer for case in reversed(suite) if case.right}
    lines = [json.dumps([_delimited(first.get(c.problem, "")), _delimited(c.answer)]) for c in suite]
    with tempfile.TemporaryDirectory(prefix="rpsdg-grader-") as folder:
        python = Path(folder) / "bin" / "python"
        uv = [sys.executable, "-m", "uv"]
        try:
            subprocess.run([*uv, "venv", "--quiet", folder], check=True, capture_output=True, timeout=120)
            install = [*uv, "pip", "install", "--quiet", "--python", str(python), PEER]
            subprocess.run(install, check=True, capture_output=True, timeout=600)
        except (subprocess.SubprocessError, OSError) as error:
            _log.warning("left out: %s could not be installed (%s)", PEER, error)
            return None
        done = subprocess.run(
            [str(python), str(_PEER_PROGRAM)],
            input="\n".join(lines),
            capture_output=True,
            text=True,
            timeout=_LIMIT,
            check=True,
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _delimited(answer: str) -> str:
    return answer if "$" in answer or "\\boxed" in answer else f"${answer}$"
