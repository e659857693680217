"""The laws that every family, rule and mistake is held to, here and in other distributions.

No test framework is needed: `check_topic` says which laws are broken, and `rpsdg math --check` prints it.
A law takes what it is about and yields what it finds wrong; its name says what it asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from rpsdg.math_domains.family import Family
from rpsdg.math_domains.topics import Topic
from rpsdg.traces.conformance import BrokenLawError

from .families import FAMILY_LAWS
from .mistakes import MISTAKE_LAWS, never_made
from .rules import RULE_LAWS

__all__ = [
    "FAMILY_LAWS", "MISTAKE_LAWS", "RULE_LAWS", "BrokenLawError", "Law", "check_families", "check_topic",
    "never_made",
]  # fmt: skip

Law: TypeAlias = Callable[[Any], Iterator[str]]


def check_families(families: Iterable[Family]) -> Iterator[tuple[str, BrokenLawError | None]]:
    """Yield the name of every family, with the first law that it breaks or None."""
    for family in families:
        yield family.name, _broken(family.name, FAMILY_LAWS, family)


def check_topic(topic: Topic) -> Iterator[tuple[str, BrokenLawError | None]]:
    """Yield the name of every rule, family and mistake of a topic, with the first law it breaks or None."""
    for name, rule in topic.rules.items():
        yield name, _broken(name, RULE_LAWS, rule)
    sound = True
    for name, error in check_families(topic.families.values()):
        sound &= error is None
        yield name, error
    unmade = never_made(topic.mistakes, topic.families.values()) if sound else set()
    for name, mistake in topic.mistakes.items():
        error = _broken(name, MISTAKE_LAWS, mistake)
        if error is None and name in unmade:
            error = BrokenLawError(f"{name} can be made in none of the problems that were drawn")
        yield name, error


def _broken(name: str, laws: Sequence[Law], thing: object) -> BrokenLawError | None:
    for law in laws:
        try:
            found = next(law(thing), None)
        except Exception as error:  # noqa: BLE001 - whatever the code of others raises
            found = f"it raises {type(error).__name__}: {error}"
        if found is not None:
            return BrokenLawError(f"{name} breaks the law `{law.__name__.replace('_', ' ')}`: {found}")
    return None
