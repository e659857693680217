"""What the commands share: the options of all that use a sandbox, and how one is opened and closed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import click
from click.core import ParameterSource
from rich.console import Console

from rpsdg.runs.progress import Reporter
from rpsdg.runs.terminal import console, out
from rpsdg.sandbox.choose import SandboxName, choose_sandbox
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings

if TYPE_CHECKING:
    from rpsdg.runs.cluster.connecting import Cluster

__all__ = [
    "choose",
    "console_for",
    "executor_options",
    "jobs_for",
    "open_cluster",
    "sandbox_options",
    "settings_for",
]


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


def executor_options(command: Any) -> Any:
    """Add the options of commands whose work can be spread over other machines."""
    for option in reversed(
        (
            click.option(
                "--executor",
                type=click.Choice(["local", "ray"]),
                default="local",
                show_default=True,
                help="Who works: this machine, or the nodes of a Ray cluster (docs/cluster.md). Changes "
                "nothing in the result.",
            ),
            click.option(
                "--ray-address",
                "--address",
                "ray_address",
                metavar="HOST:PORT",
                help="Head of the cluster, or `auto` on one of its machines.  [default: RAY_ADDRESS, else a "
                "Ray of this machine alone]",
            ),
        )
    ):
        command = option(command)
    return command


def open_cluster(executor: str, address: str | None, report: Reporter) -> Cluster | None:
    """Connect to the cluster that was asked for until the command ends; None stands for this machine."""
    if executor != "ray":
        if address is not None:
            raise click.UsageError("--ray-address is for --executor ray, which was expected beside it")
        return None
    from rpsdg.runs.cluster.connecting import connect  # late: Ray may be absent, and takes its time

    report.stage("connecting to the cluster")
    cluster = connect(address)
    click.get_current_context().find_root().call_on_close(cluster.close)
    return cluster


def jobs_for(cluster: Cluster | None, jobs: int) -> int:
    """Return how much is worked on at once: on a cluster all its cores, unless a number was given."""
    given = click.get_current_context().get_parameter_source("jobs") is not ParameterSource.DEFAULT
    return jobs if cluster is None or given else cluster.cpus


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
