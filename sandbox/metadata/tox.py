"""tox, in whichever of its files: what the base test environment installs and how it calls pytest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..tree import Tree
from .dependency_groups import read_group
from .files import ini, lines_of, strings, table, toml
from .pytest_command import arguments_of
from .reading import Reading, Wanted
from .requirements import read_lines

__all__ = ["read_tox"]

Sections = Mapping[str, Mapping[str, str]]
_ANY_FACTOR = {"py", "py3", "python", "test", "tests"}


def read_tox(tree: Tree) -> Reading:
    """Read tox.ini, tox in setup.cfg and pyproject.toml, and tox.toml; the first that has something."""
    legacy = table(toml(tree, "pyproject.toml"), "tool", "tox").get("legacy_tox_ini")
    for origin, sections in (
        ("tox.ini", ini(tree, "tox.ini")),
        ("setup.cfg", ini(tree, "setup.cfg")),
        ("pyproject.toml", ini(tree, "", content=legacy) if isinstance(legacy, str) else {}),
    ):
        if any(name.partition(":")[0] == "testenv" for name in sections):
            return _read_ini(tree, origin, sections)
    for origin, tables in (
        ("tox.toml", toml(tree, "tox.toml")),
        ("pyproject.toml [tool.tox]", table(toml(tree, "pyproject.toml"), "tool", "tox")),
    ):
        if base := table(tables, "env_run_base"):
            return _read_toml(tree, origin, base)
    return Reading()


def _read_ini(tree: Tree, origin: str, sections: Sections) -> Reading:
    names = ["testenv", *(n for n in sections if re.fullmatch(r"testenv:(py\d*|tests?|pytest|unit)", n))]
    lines: list[str] = []
    wanted: list[Wanted] = []
    unread: list[str] = []
    arguments: tuple[str, ...] = ()
    for name in names:
        section = sections.get(name, {})

        def value(option: str, section: Mapping[str, str] = section) -> list[str]:
            filled = lines_of(_substituted(section.get(option, ""), sections, 0))
            # A command for other environments is no loss, a dependency may be one.
            return list(_without_factors(filled, origin, [] if option == "commands" else unread))

        lines += value("deps")
        where = f"{origin} [{name}] extras"
        wanted += [Wanted(f".[{extra}]", where, "test") for extra in _words(value("extras"))]
        for group in _words(value("dependency_groups")):
            wanted += read_group(tree, group, "test")
        commands = re.sub(r"\\\n\s*", " ", "\n".join(value("commands")))
        for command in commands.splitlines():
            arguments = arguments or arguments_of(command.lstrip("- "), tree)
    found = read_lines(tree, dict.fromkeys(lines), f"{origin} [testenv] deps", "test")
    return Reading(
        wanted=(*found.wanted, *wanted),
        arguments=arguments,
        origin=f"{origin} [testenv] commands",
        unread=(*unread, *found.unread),
    )


def _read_toml(tree: Tree, origin: str, base: Mapping[str, object]) -> Reading:
    found = read_lines(tree, strings(base.get("deps")), f"{origin} env_run_base.deps", "test")
    wanted = [
        Wanted(f".[{extra}]", f"{origin} env_run_base.extras", "test")
        for extra in strings(base.get("extras"))
    ]
    for group in strings(base.get("dependency_groups")):
        wanted += read_group(tree, group, "test")
    arguments: tuple[str, ...] = ()
    commands = base.get("commands")
    for command in commands if isinstance(commands, list) else ():
        words = [word for part in command for word in _word(part)] if isinstance(command, list) else []
        arguments = arguments or arguments_of(words, tree)
    return Reading(
        wanted=(*found.wanted, *wanted),
        arguments=arguments,
        origin=f"{origin} env_run_base.commands",
        unread=found.unread,
    )


def _words(lines: list[str]) -> list[str]:
    return [word for line in lines for word in re.split(r"[\s,]+", line) if word]


def _word(part: object) -> tuple[str, ...]:
    """Return a word of a command, or what stands there by default."""
    match part:
        case str():
            return (part,)
        case {"replace": "posargs", "default": default}:
            return strings(default)
        case _:
            return ()


def _substituted(text: str, sections: Sections, depth: int) -> str:
    def fill(found: re.Match[str]) -> str:
        value = sections.get(found[1], {}).get(found[2].lower(), "")
        return _substituted(value, sections, depth + 1) if depth < 5 else ""

    return re.sub(r"\{\[([^]{}]+)\]([\w.-]+)\}", fill, text)[:100_000]


def _without_factors(lines: Iterator[str], origin: str, unread: list[str]) -> Iterator[str]:
    """Yield what holds in any environment: lines of one factor, as `py38: mock`, are for some only."""
    for line in lines:
        found = re.fullmatch(r"([\w.,{}!-]+):\s+(.*)", line)
        if found is None:
            yield line
        elif found[1].startswith("!") or found[1] in _ANY_FACTOR:
            yield found[2]
        else:
            unread.append(f"{origin}: `{line[:200]}` holds for some environments only")
