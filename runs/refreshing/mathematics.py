"""Mathematics in a refresh: made anew where what is asked for, or the version that makes it, has changed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.lock import Lock, MathematicsLock, digest_of
from rpsdg.runs.mathematics import MathPlan, run_mathematics

from .outcome import Done
from .terms import math_plan, of_plan

if TYPE_CHECKING:
    from .refresh import Refresh

__all__ = ["do_mathematics"]


def do_mathematics(refresh: Refresh, lock: Lock) -> dict[str, MathematicsLock]:
    """Make what has to be made; returns what the lock says of all that there is.

    Raises:
        ManifestError: a table cannot be meant.
        OutputError: nothing can be written.
    """
    found: dict[str, MathematicsLock] = {}
    for number, table in enumerate(refresh.manifest.mathematics):
        locked = lock.mathematics.get(table.name)
        if not refresh.is_meant(table.name):
            if locked is not None:
                found[table.name] = locked
            continue
        started = time.monotonic()
        done = Done(name=table.name, kind="mathematics", state="unchanged")
        plan = math_plan(refresh.manifest, number)
        made = _made(refresh, table.name, plan, locked, done)
        if made is not None:
            found[table.name] = made
        done.seconds = time.monotonic() - started
        refresh.done.append(done)
    return found


def _made(
    refresh: Refresh, name: str, plan: MathPlan, locked: MathematicsLock | None, done: Done
) -> MathematicsLock | None:
    digest = of_plan(plan)
    folder = refresh.corpus.parts_of(name) / digest[:12]
    if locked is not None and locked.plan == digest and (folder / "math.json").exists():
        done.carried = locked.count
        return locked
    if refresh.dry_run:
        done.state, done.tried = "planned", plan.count * len(plan.families)
        return locked
    if refresh.budget.spent():
        done.state = "stopped"
        return locked
    refresh.report.stage(f"{name}: making problems")
    run_mathematics(plan, folder, refresh.jobs, refresh.report)
    ids = _ids(folder)
    done.state, done.added, done.tried = "changed", len(ids), len(ids)
    return MathematicsLock(folder=folder.name, plan=digest, count=len(ids), traces=digest_of(ids))


def _ids(folder: Path) -> list[str]:
    return [name for batch in Dataset(folder).batches(["id"]) for name in batch.column("id").to_pylist()]
