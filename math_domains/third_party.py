"""Topics of others, found through the entry point group `rpsdg.families`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from rpsdg.traces.errors import ExitCode, RpsdgError

from .topics import Topic

__all__ = ["GROUP", "BrokenTopicError", "third_party_topics"]

GROUP = "rpsdg.families"


class BrokenTopicError(RpsdgError):
    """An entry point that should be a package with families, and is not."""

    code = ExitCode.INTERNAL


def third_party_topics(taken: Mapping[str, Topic]) -> tuple[list[Topic], list[BrokenTopicError]]:
    """Return the topics that installed distributions offer, and what is wrong with the others.

    A topic is taken as a whole or not at all, and what is wrong with one is no reason to do without another.

    Args:
        taken: the topics there are already, by name.
    """
    topics, broken = dict(taken), []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        distribution = entry.dist.name if entry.dist is not None else "an unnamed distribution"
        try:
            topics[entry.name] = _checked(_load(entry, distribution), topics)
        except BrokenTopicError as error:
            broken.append(error)
    return [topic for name, topic in topics.items() if name not in taken], broken


def _load(entry: EntryPoint, distribution: str) -> Topic:
    if entry.attr:
        raise _broken(distribution, f"`{entry.value}` is no package, but a part of one")
    try:
        entry.load()
        return Topic.load(entry.name, distribution, entry.module)
    except Exception as error:  # whatever a third party's module raises when imported
        reason = f"`{entry.value}` cannot be loaded: {type(error).__name__}: {error}"
        raise _broken(distribution, reason) from error


def _checked(topic: Topic, others: Mapping[str, Topic]) -> Topic:
    """Return a topic if there is a family in it, all of them are complete, and no name is taken."""
    if not topic.families:
        raise _broken(topic.distribution, f"there is no family in `{topic.package}.families`")
    for family in topic.families.values():
        if not (getattr(family, "topic", "") and getattr(family, "asks", ())):
            raise _broken(topic.distribution, f"the family `{family.name}` has no `topic` or no `asks`")
        if family.topic.startswith("code/"):
            raise _broken(
                topic.distribution, f"the family `{family.name}` has the topic `{family.topic}`, one of code"
            )
    for other in others.values():
        owner = other.distribution
        if other.name == topic.name:
            raise _broken(topic.distribution, f"`{topic.name}` is a topic of {owner} already")
        for kind in ("families", "rules", "mistakes"):
            for name in getattr(topic, kind).keys() & getattr(other, kind).keys():
                raise _broken(
                    topic.distribution, f"its {_ONE[kind]} `{name}` is the name of one of {owner} already"
                )
    return topic


_ONE = {"families": "family", "rules": "rule", "mistakes": "mistake"}


def _broken(distribution: str, what: str) -> BrokenTopicError:
    return BrokenTopicError(
        f"the distribution `{distribution}` offers a topic that cannot be used: {what}",
        hint=f"Correct it or its entry points in the group `{GROUP}`, or uninstall it.",
    )
