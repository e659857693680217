"""What a command was asked for, written down so that `rpsdg resume` can ask for it again.

A command that fills a folder is resumable when it

1. is listed in `RESUMABLE` under its name, with the parameter that names its folder, and with those of its
   arguments that may name files or folders (`places`) or were meant for one start alone (`once`);
2. hands `request_of(click.get_current_context())` to the `Ledger` that it opens for the folder;
3. has an option `--retry-parked` (`retry_option`), if it can try parked units again.

`rpsdg resume DIR` then reads the last run's request and gives the same command line again, which click reads
and checks as it did the first time. Nothing else needs to know of it.

Secrets are not kept: keys come from the environment, and of an address that holds a password or a token only
the rest is written down. Such an argument is *withheld*, and resuming says what to do.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from rpsdg.corpora.redact import public_url
from rpsdg.corpora.spec import LocalSpec, parse
from rpsdg.runs.ledger import Request, RunRow
from rpsdg.traces.errors import UsageError

__all__ = ["RESUMABLE", "Resumable", "request_of", "retry_option", "words_again"]


@dataclass(frozen=True)
class Resumable:
    """A command that can be asked for again."""

    where: str
    """Module in rpsdg.runs.commands, and name in it."""
    folder: str | None = "folder"
    """The parameter that names the folder; None where the folder follows from the others."""
    beside: bool = False
    """Whether that parameter names a file, and the run's folder lies beside it."""
    places: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)
    """Parameters that name files or folders, where the function says so of a value."""
    once: tuple[str, ...] = ()
    """Flags that were meant for one start."""

    @property
    def command(self) -> click.Command:
        """The click command."""
        module, _, name = self.where.partition(":")
        command = getattr(import_module(f"rpsdg.runs.commands.{module}"), name)
        assert isinstance(command, click.Command)
        return command


def _is_local(source: str) -> bool:
    return isinstance(parse(source), LocalSpec)


def _is_file(mix: str) -> bool:
    from rpsdg.mutators.mix import Mix  # late: it takes half a second that only `bugs` should cost

    return mix not in Mix.names()


RESUMABLE = {
    "bugs": Resumable("making:bugs", places={"source": _is_local, "mix": _is_file}, once=("dry_run",)),
    "demo": Resumable("making:demo", once=("fresh",)),
    "math": Resumable("mathematics:math", once=("list_them", "check")),
    "refresh": Resumable("refreshing:refresh", folder="manifest", beside=True, once=("dry_run", "check")),
}
"""By the name of the command."""

retry_option = click.option(
    "--retry-parked", is_flag=True, help="Try again what failed three times and was parked."
)


def request_of(context: click.Context) -> Request | None:
    """Return what the user asked for: of commands that call each other, the outermost that is resumable."""
    found, outer = None, context
    while True:
        if outer.command.name in RESUMABLE:
            found = outer
        if outer.parent is None:
            break
        outer = outer.parent
    if found is None:
        return None
    name = str(found.command.name)
    about = RESUMABLE[name]
    if not all(_is_text(given) for given in found.params.values()):
        return None
    arguments, places, withheld = {}, {}, []
    for argument, given in found.params.items():
        is_default = found.get_parameter_source(argument) in {None, ParameterSource.DEFAULT}
        if about.beside and argument == about.folder:
            arguments[argument] = Path(given).name
        if is_default or argument in {*about.once, about.folder, "retry_parked"}:
            continue
        value = _public(given)
        if value != given and isinstance(given, str):
            withheld.append(argument)
        arguments[argument] = value
        is_place = about.places.get(argument)
        if isinstance(given, str) and is_place is not None and is_place(given):
            places[argument] = str(Path(given).absolute())
    return Request(name, arguments, places, tuple(withheld))


def words_again(run: RunRow, folder: Path, changed: Mapping[str, Any]) -> list[str]:
    """Return the command line of a run's command, behind its name, to give it again.

    Args:
        run: that is to go on; its request is known.
        folder: where it wrote, as it is called now.
        changed: arguments that are other ones this time.

    Raises:
        UsageError: an argument was withheld, names what is not here, or is not known to the command.
    """
    request = run.request
    assert request is not None
    about = RESUMABLE[request.command]
    again = {**request.arguments, **changed}
    if about.beside and about.folder is not None:
        again[about.folder] = str(folder.parent / request.arguments[about.folder])
    elif about.folder is not None:
        again[about.folder] = str(folder)
    known = {parameter.name for parameter in about.command.params}
    unknown = [name for name in again if name not in known]
    if unknown:
        raise UsageError(
            f"`rpsdg {request.command}` has no argument `{unknown[0]}`",
            hint=f"The run was begun by rpsdg {run.version}." if unknown[0] in request.arguments else "",
        )
    missing = [name for name in request.withheld if name not in changed]
    if missing:
        words = shlex.join(["rpsdg", request.command, *_words(about.command, again)])
        raise UsageError(
            f"a password or token in `{missing[0]}` was not written down, so this run cannot go on by itself",
            hint=f"Give its command again, with it: {words}",
        )
    for name, place in request.places.items():
        if name not in changed:
            again[name] = _place_again(run, name, str(request.arguments[name]), place)
    return _words(about.command, again)


def _place_again(run: RunRow, name: str, given: str, place: str) -> str:
    """Return where a file or folder is now: where it was, or where it was said to be, seen from here."""
    same = str(Path(given).absolute()) == place
    for path in (given, place) if same else (place, given):
        if Path(path).exists():
            return path
    host = run.process.partition(":")[0]
    raise UsageError(
        f"the {name} of this run, `{place}` on {host}, is not here",
        hint="Copy it here as well, and say where it is with `--source`."
        if name == "source"
        else f"Copy it to `{given}`, seen from where you are.",
    )


def _is_text(value: Any) -> bool:
    """Say whether an argument can be written down: a file's name may hold bytes that are no characters."""
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True


def _public(value: Any) -> Any:
    """Return an argument as JSON, without what an address in it may hold of secrets."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple | list):
        return [_public(one) for one in value]
    if not isinstance(value, str) or "://" not in value:
        return value
    try:
        parts = urlsplit(value)
        if parts.scheme.endswith("ssh") and parts.password is None and not parts.query:
            return value  # its user is part of the address, and no secret
        return public_url(value)
    except ValueError:
        return "***"


def _words(command: click.Command, arguments: Mapping[str, Any]) -> list[str]:
    """Return arguments as they stand on a command line."""
    options: list[str] = []
    others: list[str] = []
    for parameter in command.params:
        value = arguments.get(str(parameter.name))
        if value is None:
            continue
        several = value if isinstance(value, list) else [value]
        if isinstance(parameter, click.Argument):
            others += map(str, several)
            continue
        assert isinstance(parameter, click.Option)
        if parameter.is_flag:
            options += [max(parameter.opts if value else parameter.secondary_opts, key=len, default="")]
        else:
            options += [f"{max(parameter.opts, key=len)}={one}" for one in several]
    return [*filter(None, options), *["--"] * any(word.startswith("-") for word in others), *others]
