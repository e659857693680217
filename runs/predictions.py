"""Answers of solvers as they come in files: our own, and those of SWE-bench."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.identity import digest

__all__ = ["Prediction", "PredictionsError", "match_ids", "read_predictions"]

_IDS = ("id", "instance_id", "trace_id")
_ANSWERS = ("patch", "model_patch", "answer", "prediction")
_SHORTEST = 8


class PredictionsError(RpsdgError):
    """A file of predictions that cannot be read, or that names tasks that are not there."""

    code = ExitCode.DATA


@dataclass(frozen=True)
class Prediction:
    """What a solver answered to one task."""

    task: str
    """As the file names it."""
    answer: object
    """What should be a text."""

    @property
    def digest(self) -> str:
        """What tells this answer from others to the same task."""
        return digest([self.task, self.answer])


def read_predictions(path: Path) -> list[Prediction]:
    """Read JSON Lines, a list, or an object by id; of each the id and the patch or answer.

    Raises:
        PredictionsError: it is none of these; the message says where.
    """
    try:
        text = path.read_text("utf-8", "surrogateescape")
    except OSError as error:
        raise PredictionsError(f"`{path}` cannot be read: {error.strerror or error}") from error
    try:
        whole = json.loads(text)
    except ValueError:
        return [_prediction(row, where) for where, row in _lines(text, path)]
    if isinstance(whole, dict) and not any(name in whole for name in _IDS):
        rows: Iterable[Any] = ({"id": name, **_row(value)} for name, value in whole.items())
    else:
        rows = whole if isinstance(whole, list) else [whole]
    return [_prediction(row, f"`{path}`, prediction {number}") for number, row in enumerate(rows, 1)]


def match_ids(predictions: Iterable[Prediction], ids: Iterable[str]) -> Mapping[str, str]:
    """Return the trace that each name in the predictions stands for.

    A name is a trace's id, or ends in the beginning of one, as those do that exports give to their records.

    Raises:
        PredictionsError: a name stands for none, or for several.
    """
    known = list(ids)
    found: dict[str, str] = {}
    for name in {prediction.task for prediction in predictions}:
        hexadecimal = re.search(r"[0-9a-f]+$", name)
        start = hexadecimal.group() if hexadecimal else ""
        matching = {one for one in known if one.startswith(start)} if len(start) >= _SHORTEST else set()
        if len(matching) != 1:
            raise PredictionsError(
                f"the predictions name `{name}`, which is {'several tasks' if matching else 'no task'} here",
                hint="Names are ids of traces, or end in at least eight characters of one.",
            )
        found[name] = matching.pop()
    return found


def _lines(text: str, path: Path) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            where = f"`{path}`, line {number}"
            try:
                yield where, json.loads(line)
            except ValueError as error:
                raise PredictionsError(f"{where}: not JSON: {error}") from error


def _row(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"patch": value}


def _prediction(row: Any, where: str) -> Prediction:
    name = next((row[key] for key in _IDS if key in row), None) if isinstance(row, dict) else None
    answer = next((key for key in _ANSWERS if key in row), None) if isinstance(row, dict) else None
    if not isinstance(name, str) or answer is None:
        raise PredictionsError(
            f"{where}: expected was an object with an id ({', '.join(_IDS)}) "
            f"and an answer ({', '.join(_ANSWERS)})"
        )
    return Prediction(name, row[answer])
