"""Options that several commands have, and how many are added at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["SECRET_OPTIONS", "with_options"]

F = TypeVar("F", bound=Callable[..., Any])

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
