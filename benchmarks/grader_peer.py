"""What `grader` runs in the peer's own environment: Math-Verify on pairs of gold and answer, one a line."""

from __future__ import annotations

import json
import logging
import sys
import time
from importlib.metadata import version


def main() -> None:
    """Read pairs as JSON from standard input; print seconds and verdicts as one JSON object."""
    from math_verify import parse, verify  # type: ignore[import-not-found]  # only there

    logging.disable(logging.CRITICAL)
    golds: dict[str, object] = {}
    seconds, right = [], []
    for line in sys.stdin:
        gold, answer = json.loads(line)
        if gold not in golds:
            golds[gold] = parse(gold)
        verify(golds[gold], golds[gold])  # warm
        begin = time.perf_counter()
        verdict = bool(verify(golds[gold], parse(answer)))
        seconds.append(time.perf_counter() - begin)
        right.append(verdict)
    print(json.dumps({"version": version("math-verify"), "seconds": seconds, "right": right}))


if __name__ == "__main__":
    main()
