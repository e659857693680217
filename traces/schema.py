"""The JSON Schema of a trace, generated from the record.

`python -m rpsdg.traces.schema FILE` writes it; with `--check` it says whether FILE is up to date.
"""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from .generated import write_or_check
from .record import TRACE_VERSION, Trace

__all__ = ["trace_schema"]


def trace_schema() -> dict[str, Any]:
    """Return the schema (JSON Schema 2020-12) of a version-1 trace."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"rpsdg trace, version {TRACE_VERSION}",
        **msgspec.json.schema(Trace),
    }


def _schema_text() -> str:
    return msgspec.json.format(msgspec.json.encode(trace_schema()), indent=2).decode() + "\n"


if __name__ == "__main__":
    sys.exit(write_or_check("Write the JSON Schema of a trace.", _schema_text))
