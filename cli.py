"""The `rpsdg` command: where it begins, and how every command ends."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from typing import NoReturn

import click

from rpsdg.runs.commands.checking import doctor, verify_command
from rpsdg.runs.commands.looking import catalogue, preview_command, show, stats
from rpsdg.runs.commands.making import bugs, demo
from rpsdg.runs.commands.shared import err, opened
from rpsdg.runs.terminal import as_markup
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.contract import SandboxAbortedError
from rpsdg.traces.errors import ExitCode, RpsdgError

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command and end the process with its exit code."""
    # A polite `kill` ends a run as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    if {"show", "stats", "catalogue", "preview"} & set(sys.argv[1:2]):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `rpsdg show … | head` ends quietly, as `cat` does
    code = ExitCode.INTERNAL
    try:
        code = ExitCode(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        code = ExitCode.USAGE
    except RpsdgError as error:
        err.print(f"[red]error[/] {as_markup(str(error))}")
        if error.hint:
            err.print(f"[dim]hint[/]  {as_markup(error.hint)}")
        code = error.code
    except (click.Abort, KeyboardInterrupt, SandboxAbortedError):
        err.print("interrupted; what was finished is kept")
        code = ExitCode.INTERRUPTED
    except Exception:  # noqa: BLE001 - ours, whatever it is: the exit code must not say anything else
        err.print_exception()
        err.print("[red]This is a fault of rpsdg.[/] Please report it with the lines above.")
    for sandbox in opened:
        with suppress(Exception):  # an engine that is gone has nothing left to close
            sandbox.close()
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="rpsdg")
def cli() -> None:
    """Make training data by walking away from a solved state and handing out the way back.

    \b
    Examples:
      rpsdg doctor                                    what works on this machine
      rpsdg demo                                      20 confirmed bug-fix traces of a real package
      rpsdg bugs pypi:toolz==1.0.0 --count 30 --out data
      rpsdg show data                                 list the traces
      rpsdg stats data                                what kinds of bugs they are, and how large
      rpsdg verify data                               check every claim again
      rpsdg preview FILE                              every bug that could be put into a file
      rpsdg catalogue                                 the kinds of bugs there are

    \b
    Exit codes: 0 done; 1 a claim is false; 2 wrong argument; 3 source; 4 unsafe archive; 5 no tests;
    6 failing baseline; 7 hanging baseline; 8 environment; 9 sandbox; 10 output folder; 11 too few
    candidates; 12 damaged data set; 70 fault of rpsdg; 130 interrupted.
    """


for command in (doctor, demo, bugs, show, stats, verify_command, preview_command, catalogue):
    cli.add_command(command)


if __name__ == "__main__":
    main()
