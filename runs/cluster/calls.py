"""Calls on other nodes: made where everything is as it is with the driver, errors brought home as values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rpsdg.traces.errors import ExitCode, RpsdgError

from .identity import Identity, differences, identity

__all__ = ["ClusterError", "Failure", "call", "unlike"]


class ClusterError(RpsdgError):
    """The cluster cannot be reached, or none of its nodes can be used."""

    code = ExitCode.SANDBOX


@dataclass(frozen=True)
class Failure:
    """An error that a user can act on, as it travels."""

    message: str
    hint: str
    code: ExitCode

    @classmethod
    def of(cls, error: RpsdgError) -> Failure:
        """Pack an error."""
        return cls(str(error), error.hint, error.code)

    def error(self) -> ClusterError:
        """Unpack it."""
        error = ClusterError(self.message, hint=self.hint)
        error.code = self.code
        return error


def unlike(different: Sequence[str]) -> ClusterError:
    """Return what to say of a node that has other versions than the driver."""
    return ClusterError(
        f"a node of the cluster is not like this machine: {'; '.join(different)}",
        hint="Install the same rpsdg, with the same versions of what it needs, on all nodes.",
    )


def call(expected: Identity, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Call a function on a node; the result is a Failure where that is not like the driver, or cannot."""
    different = differences(expected, identity(expected))
    if different:
        return Failure.of(unlike(different))
    try:
        return function(*arguments)
    except RpsdgError as error:
        return Failure.of(error)
