"""What the commands share: the options of all that use a sandbox, and how one is opened and closed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any, get_args

import click
from rich.console import Console

from rpsdg.runs.progress import Reporter
from rpsdg.runs.terminal import console, out
from rpsdg.sandbox.choose import SandboxName, choose_sandbox
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings

__all__ = ["choose", "console_for", "sandbox_options", "settings_for"]


def sandbox_options(command: Any) -> Any:
    """Add the options that every command with a sandbox has."""
    for option in reversed(
        (
            click.option(
                "--sandbox",
                "sandbox_name",
                type=click.Choice(get_args(SandboxName)),
                default="auto",
                show_default=True,
                help="Where tests run. `auto` takes Docker if an engine answers, else this machine.",
            ),
            click.option(
                "--jobs",
                "-j",
                type=click.IntRange(min=1),
                default=2,
                show_default=True,
                help="How many candidates are worked on at once. Changes nothing in the result.",
            ),
            click.option(
                "--timeout",
                type=click.FloatRange(min=1),
                default=300.0,
                show_default=True,
                help="Seconds one run of the untouched tests may take.",
            ),
            click.option("--base-image", help="Docker base image; `{python}` stands for the minor version."),
            click.option(
                "--python", "python_version", help="Python minor version for the tests, such as 3.12."
            ),
            click.option(
                "--json", "as_json", is_flag=True, help="Print one JSON object a line, for machines."
            ),
        )
    ):
        command = option(command)
    return command


def settings_for(base_image: str | None, python_version: str | None) -> Settings:
    """Return the settings of the environment, with what was given on the command line in their place."""
    settings = Settings.from_environment()
    if python_version is not None and not _is_minor(python_version):
        raise click.BadParameter(
            f"a minor version such as 3.12 was expected, not {python_version!r}", param_hint="--python"
        )
    settings.require_cache()
    return replace(
        settings,
        base_image=base_image or settings.base_image,
        python=python_version or settings.python,
    )


def _is_minor(text: str) -> bool:
    major, _, minor = text.partition(".")
    return major == "3" and minor.isdigit()


def choose(name: SandboxName, settings: Settings, report: Reporter) -> Sandbox:
    """Open a sandbox, and have it closed when the command ends, however it ends."""
    sandbox = choose_sandbox(name, settings, report.note)

    def close() -> None:
        with suppress(Exception):  # an engine that is gone has nothing left to close
            sandbox.close()

    click.get_current_context().find_root().call_on_close(close)
    report.stage(f"using the {sandbox.name} sandbox")
    return sandbox


def console_for(color: bool | None) -> Console:
    """Return where to print, with colours forced on or off; None leaves it to the terminal."""
    return out if color is None else console(force_terminal=color, no_color=not color)
