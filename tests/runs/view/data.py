"""Data sets to look at: traces as runs write them, and traces that attack whoever looks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from rpsdg.corpora.bulk import BulkWriter
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.registry import all_families
from rpsdg.runs.mathematics import new_plan
from rpsdg.traces import jsonl
from rpsdg.traces.record import Trace

__all__ = ["PAYLOADS", "code_trace", "everywhere", "filled", "mathematics", "write_dataset"]

TREE = "b" * 64

PAYLOADS = (
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "'\"><svg/onload=window.hacked=1>",
    "javascript:window.hacked=1",
    "{{overview}}{{site}}",
    '");window.hacked=1;rpsdg.take("x","',
    "<!--<script>",
    "\u2028window.hacked=1\u2029//",
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b1m\x00\x08",
    "\u202eevil\u2066\u2069 \u200b\ufeff",
    "$\\href{javascript:window.hacked=1}{x}$ $\\htmlClass{bar}{x}$ $\\includegraphics{x}$",
    "$\\rule{9999em}{9999em}$ $\\htmlData{x=1}{x}$",
    "$\\def\\x{\\x\\x}\\x$ $\\frac{$ $\\unknown$ $$",
    "[here](javascript:window.hacked=1) ![x](http://example.invalid/x.png) <http://example.invalid>",
    "```python\n</code><script>window.hacked=1</script>\n",
    "@@ -1,2 +1,2 @@\n--- a/<b>\n+++ b/<b>\n-x\n+y",
    "; rm -rf ~ #`$(reboot)`'\n",
    "__proto__",
    "",
)
"""What a stranger might write into any text of a trace."""


def write_dataset(folder: Path, traces: Iterable[Trace]) -> Path:
    """Write traces as a run does."""
    with closing(BulkWriter(folder, "math")) as writer:
        writer.begin(new_plan(["linear-equation"], 1, None, 0, 2, 0.0))
        writer.append([jsonl.encode(trace) for trace in traces])
    return folder


def mathematics(family: str, count: int, *, wrong: float = 0.0) -> list[Trace]:
    """Return some problems of a family, as `rpsdg math` makes them."""
    problems = Problems(all_families()[family], 1, None, wrong_steps=wrong)
    return [problems[index] for index in range(count)]


def code_trace(number: int = 0, *, bugs: int = 1, level: int = 3) -> Trace:
    """Return a trace like those of real runs, of one bug or of a walk of several."""
    rules = ["wrong-name", "dropped-guard", "off-by-one-range"][:bugs]
    paths = [f"shop/{name}.py" for name in ("basket", "till", "stock")[:bugs]]
    diffs = [_diff(path) for path in paths]
    steps = []
    for at, (rule, path) in enumerate(zip(rules, paths, strict=True)):
        steps.append(
            {
                "rule": rule,
                "aim": {"path": path, "start": 40, "old": "total", "new": "totals"},
                "before": {"tree": TREE, "diff": "".join(diffs[at:])},
                "after": {"tree": TREE, "diff": "".join(diffs[at + 1 :])},
                "explanation": "The wrong variable is read: write `total`, not `totals`.",
                "evidence": [
                    {
                        "judge": "tests",
                        "strength": "executed",
                        "saw": {"failing_before": bugs - at, "failing_after": bugs - at - 1, "suite": 20},
                    }
                ],
                "actions": [
                    {
                        "tool": "run",
                        "input": {"command": ["python", "-m", "pytest", f"tests/test_{at}.py::test_a[b c]"]},
                        "observation": "F\nE   AssertionError: assert 1 == 2\n1 failed in 0.02s\n",
                    },
                    {
                        "tool": "read",
                        "input": {"path": path, "first": 9, "last": 12},
                        "observation": '    9  def cost(items):\n   10      """Return it."""\n'
                        "   11      total = 0  # so far\n   12      return totals\n",
                    },
                    {
                        "tool": "edit",
                        "input": {"path": path, "old": "    return totals\n", "new": "    return total\n"},
                        "observation": f"{path}: 1 place replaced.",
                    },
                ],
            }
        )
    record = {
        "id": hashlib.sha256(f"{number} {bugs}".encode()).hexdigest(),
        "content_hash": "c" * 64,
        "domain": "code/bugfix",
        "problem": {
            "statement": f"# Cost is wrong ({number})\n\nIt fails:\n\n- `tests/test_0.py`\n\n      1 == 2\n",
            "style": "failure-report/high",
            "state": {"tree": TREE, "diff": "".join(diffs)},
        },
        "steps": steps,
        "answer": {"state": {"tree": TREE, "diff": ""}, "text": "".join(map(_undone, diffs))},
        "negatives": [
            {
                "state": {"tree": TREE, "diff": diffs[0]},
                "verdict": {"failing": 1},
                "reason": "mends too little",
            }
        ],
        "checks": {
            "environment": "e" * 64,
            "command": ["python", "-m", "pytest"],
            "fail_to_pass": [f"tests/test_{at}.py::test_a[b c]" for at in range(bugs)],
            "pass_to_pass": "d" * 64,
        },
        "features": {"failing_tests": float(bugs), "edit_lines": 1.0},
        "score": 0.4,
        "provenance": {
            "generator": "0.1.0",
            "seed": 1,
            "index": number,
            "source": {
                "kind": "pypi",
                "name": "shop" if number % 2 else "stall",
                "version": "1.0",
                "licence": "MIT" if number % 3 else "BSD-3-Clause",
                "level": level,
                "places": [{"path": path, "first_line": 12, "last_line": 12} for path in paths],
            },
            "environment": {"python": "3.12", "id": "e" * 64},
        },
    }
    return msgspec.convert(record, Trace)


def everywhere(trace: Trace, text: Callable[[str], str]) -> Trace:
    """Return a trace with every text in it replaced, but for those of a fixed set, and names added."""
    fixed = {"label", "strength", "tool", "confirmed"}
    structs = {
        "aim",
        "saw",
        "state",
        "before",
        "after",
        "input",
        "verdict",
        "source",
        "environment",
        "features",
    }

    def replaced(value: Any, key: str) -> Any:
        match value:
            case str():
                return value if key in fixed else text(value)
            case list():
                return [replaced(item, key) for item in value]
            case dict():
                more = {text("key"): 1.0 if key == "features" else text("value")} if key in structs else {}
                return {name: replaced(item, name) for name, item in value.items()} | more
            case _:
                return value

    return msgspec.convert(replaced(json.loads(msgspec.json.encode(trace)), ""), Trace)


def filled(trace: Trace, payload: str) -> Trace:
    """Return a trace that says the same everywhere."""
    return everywhere(trace, lambda _: payload)


def _diff(path: str) -> str:
    return (
        f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -9,4 +9,4 @@\n def cost(items):\n"
        '     """Return it."""\n     total = 0  # so far\n-    return total\n+    return totals\n'
    )


def _undone(diff: str) -> str:
    return diff.replace("-    return total\n+    return totals\n", "-    return totals\n+    return total\n")
