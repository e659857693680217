"""Which rules, families and mistakes there are: those of the topics here, and of installed distributions."""

from __future__ import annotations

from functools import cache

from .family import Family
from .mistake import Mistake
from .rewriting import Rewrite
from .third_party import BrokenTopicError, third_party_topics
from .topics import Topic

__all__ = [
    "TOPICS",
    "all_families",
    "all_mistakes",
    "all_rules",
    "all_topics",
    "broken_topics",
    "distribution_of",
    "mistakes_with",
    "no_family",
]

TOPICS = ("algebra", "differential_equations", "differentiation", "integrals", "limits")
"""The folders of this one that hold `rules`, `families` and `mistakes`."""


def all_topics() -> dict[str, Topic]:
    """Return every topic by its name: those here, and then those of other distributions that can be used."""
    return _found()[0]


def broken_topics() -> tuple[BrokenTopicError, ...]:
    """Return what is wrong with the topics of other distributions that cannot be used."""
    return _found()[1]


@cache
def _found() -> tuple[dict[str, Topic], tuple[BrokenTopicError, ...]]:
    topics = {name: Topic.load(name, "rpsdg", f"{__package__}.{name}") for name in TOPICS}
    others, broken = third_party_topics(topics)
    return topics | {topic.name: topic for topic in others}, tuple(broken)


@cache
def all_families() -> dict[str, Family]:
    """Return every family by its name, in the order of topics and then of names."""
    return {name: family for topic in all_topics().values() for name, family in topic.families.items()}


@cache
def all_rules(topic: str | None = None) -> dict[str, type[Rewrite]]:
    """Return every rule, or every rule of one topic, by its id, sorted."""
    topics = all_topics().values() if topic is None else (all_topics()[topic],)
    return dict(sorted((name, rule) for one in topics for name, rule in one.rules.items()))


@cache
def all_mistakes() -> dict[str, Mistake]:
    """Return every mistake by its name, sorted."""
    topics = all_topics().values()
    return dict(sorted((name, mistake) for topic in topics for name, mistake in topic.mistakes.items()))


@cache
def mistakes_with(family: str) -> dict[str, Mistake]:
    """Return the mistakes that solutions of a family may have, by name, sorted.

    They are those of the topics here and of the family's own topic: problems of a family must not change when
    a distribution is installed that it knows nothing of.
    """
    topics = [topic for topic in all_topics().values() if topic.name in TOPICS or family in topic.families]
    return dict(sorted((name, mistake) for topic in topics for name, mistake in topic.mistakes.items()))


def distribution_of(family: str) -> str:
    """Return the name of the distribution that a family comes with."""
    return next(topic.distribution for topic in all_topics().values() if family in topic.families)


def no_family(name: str) -> str:
    """Say that there is no family of a name, and which distributions might have had one."""
    return "; ".join([f"there is no family `{name}`", *map(str, broken_topics())])
