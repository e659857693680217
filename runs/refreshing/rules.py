"""Which mutators there are, each with a digest of its code: when one changes, the lock shows it."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from rpsdg.mutators.mutator import Mutator
from rpsdg.mutators.rules import all_mutators

__all__ = ["rule_digests", "rules_changed"]

_DIGITS = 12


@cache
def rule_digests() -> dict[str, str]:
    """Return the digest of the file that each mutator is written in, by its id.

    What it shares with others is not in it; with rpsdg's own version it is.
    """
    return {name: _digest(rule) for name, rule in all_mutators().items()}


def rules_changed(before: Mapping[str, str]) -> dict[str, str]:
    """Return the mutators that are `new`, `changed` or `gone` since a lock; none if that knew of none."""
    if not before:
        return {}
    now = rule_digests()
    found = dict.fromkeys(now.keys() - before.keys(), "new") | dict.fromkeys(
        before.keys() - now.keys(), "gone"
    )
    found |= {name: "changed" for name in now.keys() & before.keys() if now[name] != before[name]}
    return dict(sorted(found.items()))


def _digest(rule: type[Mutator]) -> str:
    return hashlib.sha256(Path(inspect.getfile(rule)).read_bytes()).hexdigest()[:_DIGITS]
