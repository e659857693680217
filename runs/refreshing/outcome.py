"""What a refresh did, or would do: by source, and as a whole."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from rpsdg.traces.errors import ExitCode

__all__ = ["Done", "Outcome", "Retired", "State"]

State = Literal["unchanged", "advanced", "changed", "planned", "stopped", "failed", "removed"]
"""Of a source: nothing new; new, but nothing to do; worked on; what a dry run says; at the budget; unusable;
not in the manifest any more."""


class Retired(msgspec.Struct, frozen=True):
    """A task that does not apply any more."""

    trace: str
    rule: str
    path: str
    line: int
    reason: str


class Done(msgspec.Struct, kw_only=True):
    """What was done for one source, or one table of mathematics."""

    name: str
    kind: Literal["source", "mathematics"] = "source"
    state: State
    before: str = ""
    """The commit or version of the lock before, in short."""
    after: str = ""
    units: int = 0
    """Functions and other units that are new or changed."""
    touched: int = 0
    """Tasks that depend on one of them."""
    carried: int = 0
    """Live tasks that needed no work."""
    added: int = 0
    confirmed_again: int = 0
    """Re-confirmed at the same place."""
    moved: int = 0
    """Re-confirmed at another place."""
    retired: list[Retired] = []
    tried: int = 0
    """Candidates that were tried, or would be at least."""
    missing: int = 0
    """Tasks that are asked for, and are not there."""
    seconds: float = 0.0
    error: str = ""
    hint: str = ""
    code: int = 0

    @property
    def live(self) -> int:
        """Its tasks in the data set."""
        return self.carried + self.added + self.confirmed_again + self.moved


class Outcome(msgspec.Struct, kw_only=True):
    """What became of a refresh."""

    sources: list[Done]
    changed: bool = False
    """Whether the data set is another one now."""
    count: int = 0
    """Traces in it."""
    dropped: int = 0
    """Traces that were left out because something in them looks like a secret."""
    seconds: float = 0.0
    cost: float | None = None
    """Of the time it took, if the manifest has a price."""
    rules: dict[str, str] = {}
    """Rules that are not as they were: `new`, `changed` or `gone`."""
    dry_run: bool = False

    @property
    def code(self) -> ExitCode:
        """What the command ends with: an unusable source counts most, then a budget that was spent."""
        failed = [ExitCode(done.code) for done in self.sources if done.state == "failed"]
        if failed:
            return failed[0]
        stopped = any(done.state == "stopped" for done in self.sources)
        return ExitCode.UNFINISHED if stopped else ExitCode.OK

    @property
    def is_quiet(self) -> bool:
        """Whether there was nothing new anywhere; then what is committed stays as it is, to the byte."""
        return not self.changed and all(done.state == "unchanged" for done in self.sources)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        about: dict[str, Any] = msgspec.to_builtins(self)
        for plain, done in zip(about["sources"], self.sources, strict=True):
            plain["live"] = done.live
        return about | {"exit_code": int(self.code)}
