"""Formats that are records, one JSON object a line, each made from one trace."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from rpsdg.traces.record import Trace

from .base import Export, Job, TokenLimit, UnfitError
from .facts import FACTS

__all__ = ["RecordExport", "texts_in"]


class RecordExport(Export):
    """A file with one JSON object a line. A format says what the records of a trace are."""

    kind = "file"

    @abstractmethod
    def records(self, trace: Trace, job: Job) -> Iterable[Any]:
        """Yield what is written of a trace.

        Args:
            trace: one of a domain that the format takes.
            job: for what the user asked, and for what the data set keeps once for many traces.

        Raises:
            UnfitError: there is nothing of it to be written.
        """

    def seen(self, record: Any) -> Iterator[tuple[str, ...]]:
        """Yield the texts of a record that a model is given at once, for a limit of tokens."""
        yield tuple(texts_in({name: value for name, value in record.items() if name not in FACTS}))

    def write(self, job: Job) -> None:
        """Write the records."""
        with job.out.open("xb") as file:
            for line in self.lines(job):
                file.write(line + b"\n")

    def lines(self, job: Job) -> Iterator[bytes]:
        """Yield the records as JSON, and count them; what cannot be written is left out and counted."""
        encoder = msgspec.json.Encoder()
        for trace in job.traces():
            try:
                for record in self.records(trace, job):
                    try:
                        line = _on_one_line(encoder.encode(record))
                    except UnicodeEncodeError:
                        job.dropped("text that is not UTF-8")
                        continue
                    if self._too_long(record, job.options.tokens):
                        job.dropped("more tokens than the limit")
                        continue
                    job.wrote()
                    yield line
            except UnfitError as unfit:
                job.dropped(str(unfit))

    def _too_long(self, record: Any, tokens: TokenLimit | None) -> bool:
        if tokens is None:
            return False
        return any(sum(map(tokens.count, texts)) > tokens.limit for texts in self.seen(record))


def _on_one_line(data: bytes) -> bytes:
    """Escape what some readers take for the end of a line: NEL, and Unicode's two separators."""
    for character in "\x85\u2028\u2029":
        data = data.replace(character.encode(), b"\\u%04x" % ord(character))
    return data


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text in a value, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)
