"""How every command of this repository ends: with what a user can act on, and an exit code that says it."""

from __future__ import annotations

from collections.abc import Callable

import click

from rpsdg.sandbox.contract import SandboxAbortedError
from rpsdg.traces.errors import ExitCode, RpsdgError

from .terminal import as_markup, err

__all__ = ["ended", "said"]


def ended(work: Callable[[], int | None]) -> int:
    """Do the work of a command, say what went wrong, and return its exit code."""
    try:
        return ExitCode(work() or 0)
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except RpsdgError as error:
        said(error)
        return error.code
    except (click.Abort, KeyboardInterrupt, SandboxAbortedError):
        err.print("interrupted; what was finished is kept")
        return ExitCode.INTERRUPTED
    except Exception:  # noqa: BLE001 - ours, whatever it is: the exit code must not say anything else
        err.print_exception()
        err.print("[red]This is a fault of rpsdg.[/] Please report it with the lines above.")
        return ExitCode.INTERNAL


def said(error: RpsdgError) -> None:
    """Say an error and what can be done about it."""
    err.print(f"[red]error[/] {as_markup(str(error))}")
    if error.hint:
        err.print(f"[dim]hint[/]  {as_markup(error.hint)}")
