"""Formats that are records, one JSON object a line, each made from one trace."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

import msgspec

from rpsdg.traces.record import Trace

from .base import Export, Job, UnfitError

__all__ = ["RecordExport"]


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

    def write(self, job: Job) -> None:
        """Write the records."""
        encoder = msgspec.json.Encoder()
        with job.out.open("xb") as file:
            for trace in job.traces():
                try:
                    for record in self.records(trace, job):
                        file.write(encoder.encode(record) + b"\n")
                        job.wrote()
                except UnfitError as unfit:
                    job.dropped(str(unfit))
