"""Options that several commands have, and how many are added at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from rpsdg.corpora.publishing import fetch_copy
from rpsdg.corpora.storage import Storage, is_url
from rpsdg.sandbox.settings import Settings

__all__ = ["DATA", "PUBLISH_OPTION", "SECRET_OPTIONS", "with_options"]

F = TypeVar("F", bound=Callable[..., Any])


class _Data(click.Path):
    """The folder of a data set; of one on shared storage, a copy here that is brought up to date."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Return the folder."""
        if isinstance(value, str) and is_url(value):
            return fetch_copy(Storage.at(value), Settings.from_environment().cache)
        return super().convert(value, param, ctx)


DATA = _Data()
"""A folder, or the URL of a data set that was published."""
PUBLISH_OPTION = click.option(
    "--publish",
    "publish_to",
    metavar="URL",
    help="Then send the data set to shared storage, such as s3://bucket/folder (docs/cluster.md).",
)
SECRET_OPTIONS = (
    click.option("--allow-secrets", is_flag=True, help="Go on though something looks like a secret."),
    click.option("--drop-secrets", is_flag=True, help="Leave out traces in which something does."),
)


def with_options(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Return a decorator that adds options to a command, in the order of its help."""

    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add
