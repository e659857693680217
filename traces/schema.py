"""The JSON Schema of a trace, generated from the record.

`python -m rpsdg.traces.schema FILE` writes it; with `--check` it says whether FILE is up to date.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from .record import TRACE_VERSION, Trace

__all__ = ["trace_schema"]


def trace_schema() -> dict[str, Any]:
    """Return the schema (JSON Schema 2020-12) of a version-1 trace."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"rpsdg trace, version {TRACE_VERSION}",
        **msgspec.json.schema(Trace),
    }


def _main() -> int:
    parser = argparse.ArgumentParser(description="Write the JSON Schema of a trace.")
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if FILE is not up to date"
    )
    options = parser.parse_args()
    text = msgspec.json.format(msgspec.json.encode(trace_schema()), indent=2).decode() + "\n"
    if not options.check:
        options.file.write_text(text)
    elif not options.file.exists() or options.file.read_text() != text:
        print(f"{options.file} is not up to date: run `make docs`", file=sys.stderr)  # noqa: T201 - a command
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
