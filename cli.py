"""The `rpsdg` command: where it begins, and how every command ends."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from typing import NoReturn

import click

__all__ = ["main"]

_COMMANDS = {
    "doctor": "checking:doctor",
    "demo": "making:demo",
    "init": "starting:init",
    "bugs": "making:bugs",
    "math": "mathematics:math",
    "refresh": "refreshing:refresh",
    "resume": "resuming:resume",
    "status": "resuming:status_command",
    "show": "looking:show",
    "stats": "looking:stats",
    "merge": "curating:merge_command",
    "split": "curating:split_command",
    "filter": "curating:filter_command",
    "sample": "curating:sample_command",
    "view": "viewing:view",
    "report": "viewing:report",
    "verify": "checking:verify_command",
    "export": "exporting:export",
    "push": "exporting:push",
    "publish": "publishing:publish_command",
    "grade": "grading:grade_command",
    "audit": "auditing:audit_command",
    "env": "environments:env",
    "preview": "looking:preview_command",
    "catalogue": "looking:catalogue",
}
"""Where each command is: module in rpsdg.runs.commands, and name in it."""


class _Commands(click.Group):
    """Commands that are loaded when they are asked for: parsing and sandboxes take a second to import."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as click calls it
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(f"rpsdg.runs.commands.{module}"), name)
        assert isinstance(command, click.Command)
        return command


def main() -> NoReturn:
    """Run the command and end the process with its exit code."""
    # A polite `kill` ends a run as Ctrl-C does, from the first moment: our own modules are imported later. It
    # does so in the background of a script, too, where the shell has SIGINT ignored.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if {"show", "stats", "catalogue", "preview"} & set(sys.argv[1:2]):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `rpsdg show … | head` ends quietly, as `cat` does
    try:
        code = _run()
    except KeyboardInterrupt:  # while it was still loading
        from rpsdg.traces.errors import ExitCode

        click.echo("interrupted", err=True)
        code = ExitCode.INTERRUPTED
    # CPython remembers a KeyboardInterrupt that struck inside `exec` of a text, as dataclasses do while they
    # are loaded, until the next such `exec`, and would end the process by a signal, not with the exit code.
    exec("")  # noqa: S102 - a text of ours
    sys.exit(code)


def _run() -> int:
    from rpsdg.runs.ending import ended

    return ended(lambda: cli.main(standalone_mode=False))


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="rpsdg", prog_name="rpsdg")
def cli() -> None:
    """Make training data by walking away from a solved state and handing out the way back.

    \b
    Examples:
      rpsdg doctor                                    what works on this machine
      rpsdg demo                                      20 confirmed bug-fix traces of a real package
      rpsdg bugs pypi:toolz==1.0.0 --count 30 --out data
      rpsdg math linear-equation --count 100 --out data
      rpsdg refresh corpus.toml                       work on what changed in the sources of a corpus
      rpsdg status data --watch                       how far it is, from another terminal
      rpsdg resume data                               go on, whatever ended it
      rpsdg show data                                 list the traces
      rpsdg stats data                                what is in it, and how large
      rpsdg merge data more --out all                 put together, each problem once
      rpsdg filter data --level 3-5 --out hard        the traces that are meant
      rpsdg split data --out splits                   train, validation and test
      rpsdg view data                                 look at them in a browser
      rpsdg report data                               one page for a pull request
      rpsdg verify data                               check every claim again
      rpsdg export data --to jsonl --out data.jsonl   write it for another program
      rpsdg push data me/my-data                      send it to the Hugging Face Hub
      rpsdg publish data s3://bucket/data             put it where other machines read it
      rpsdg preview FILE                              every bug that could be put into a file
      rpsdg catalogue                                 the kinds of bugs there are
      rpsdg init --starter                            a manifest to begin a corpus with
      rpsdg env list                                  the environments that are kept

    \b
    Exit codes: 0 done; 1 a claim is false; 2 wrong argument; 3 source; 4 unsafe archive; 5 no tests;
    6 failing baseline; 7 hanging baseline; 8 environment; 9 sandbox; 10 output folder; 11 too few
    candidates; 12 damaged data set; 13 budget spent; 14 lock and data disagree; 70 fault of rpsdg;
    130 interrupted.
    """


if __name__ == "__main__":
    main()
