"""Which runs a data set came from, and the commands that make them again."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.corpora.derived import Origin, about

__all__ = ["merged", "origins_of", "reproduce"]


def origins_of(data: Dataset, traces: int) -> tuple[Origin, ...]:
    """Return the runs that a data set came from.

    Args:
        data: the data set.
        traces: how many it has.

    Raises:
        DatasetError: it is damaged.
    """
    said = about(data)
    if said is not None:
        return said.origins
    for kind in ("run", "math"):
        path = data.folder / f"{kind}.json"
        if path.exists():
            try:
                plan = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
            except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
                raise DatasetError(f"`{path}` cannot be read: {error}") from error
            plan |= _asked_for(data) if kind == "run" else {}
            outcomes = Counter(decision.outcome for decision in data.decisions())
            return (Origin(kind, plan, traces, dict(outcomes.most_common())),)
    return ()


def merged(origins: list[Origin]) -> tuple[Origin, ...]:
    """Return origins with each run once."""
    found: dict[bytes, Origin] = {}
    for origin in origins:
        key = msgspec.json.encode((origin.kind, origin.plan), order="sorted")
        earlier = found.get(key)
        if earlier is not None:
            origin = msgspec.structs.replace(earlier, traces=earlier.traces + origin.traces)
        found[key] = origin
    return tuple(found.values())


def reproduce(origin: Origin) -> Iterator[str]:
    """Yield the commands that make a run again."""
    plan = origin.plan
    if origin.kind == "math":
        if not plan.get("families"):
            return  # not a plan of ours
        words = ["rpsdg", "math", *map(str, plan.get("families", ()))]
        words += ["--count", str(plan.get("count")), "--seed", str(plan.get("seed"))]
        words += ["--detail", str(plan.get("detail"))]
        if level := plan.get("level"):
            words += ["--level-mix" if ":" in str(level) else "--level", str(level)]
        if plan.get("wrong_steps"):
            words += ["--wrong-steps", str(plan["wrong_steps"])]
        if plan.get("split"):
            words += ["--split", str(plan["split"])]
    else:
        words = ["rpsdg", "bugs", _source(plan.get("source", {})), "--seed", str(plan.get("seed"))]
        words += ["--count", str(plan.get("count"))]
        if plan.get("walks"):
            words += ["--walks", str(plan["walks"])]
        mix = (plan.get("mix") or {}).get("name")
        if mix and mix != "realistic":
            words += ["--mix", str(mix)]
        if plan.get("levels"):
            words += [
                "--level" if plan["levels"].get("of") is None else "--level-mix",
                _levels(plan["levels"]),
            ]
        if plan.get("confirm", "full") != "full":
            words += ["--confirm", str(plan["confirm"])]
    yield shlex.join([*words, "--out", "DIR"]) + f"  # rpsdg {_word(plan.get('generator'))}"


def _asked_for(data: Dataset) -> dict[str, Any]:
    """Return how many traces a run was asked for, at least: its plan does not say, as that may grow."""
    confirmed = [decision for decision in data.decisions() if decision.outcome == "confirmed"]
    walks = sum(bool(decision.bugs) for decision in confirmed)
    return {"count": len(confirmed) - walks, "walks": walks}


def _source(about: dict[str, Any]) -> str:
    """Return a source as one names it on the command line; a folder by the project in it."""
    if about.get("kind") == "pypi":
        return f"pypi:{about.get('name')}=={about.get('version')}"
    if about.get("kind") == "git":
        return f"git+{about.get('url')}@{about.get('commit')}".replace("git+git+", "git+")
    return f"PATH-OF-{about.get('name', 'PROJECT')}"


def _levels(levels: dict[str, Any]) -> str:
    shares = levels["shares"]
    if levels.get("of") is None:
        return ",".join(shares)
    return ",".join(f"{level}={share:g}" for level, share in shares.items())


def _word(text: object) -> str:
    return "".join(str(text).split())
