"""The part about mathematics: every arm with every seed, then the verifiers, as many at once as wanted."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from rpsdg.experiments.errors import need_torch
from rpsdg.experiments.keeping import RESULTS, kept
from rpsdg.math_domains.registry import all_families

from .config import Experiment, read
from .page import as_section
from .results import ArmResult, Places, VerifierResult

if TYPE_CHECKING:
    from .process import Laboratory

__all__ = ["experiments", "places_of", "run", "section"]

_HERE = Path(__file__).parent
_VERIFIER = "verifier"
Kept = TypeVar("Kept", ArmResult, VerifierResult)


class _Unit(NamedTuple):
    """Work that is done or not done as a whole."""

    file: Path
    """Of the experiment."""
    work: Path
    name: str
    """Of an arm, or `verifier`."""
    seed: int

    def __str__(self) -> str:
        return f"{self.file.stem}: {self.name}, seed {self.seed}"


def experiments(*, quick: bool) -> dict[Path, Experiment]:
    """Return the experiments by their files: one whose name ends in `-quick` is a small version."""
    files = sorted(_HERE.glob("*.toml"))
    return {file: read(file) for file in files if file.stem.endswith("-quick") is quick}


def places_of(experiment: Experiment, work: Path) -> Places:
    """Return where an experiment keeps its files; checkpoints of other settings are never gone on from."""
    return Places(RESULTS / "mathematics" / experiment.name, work / f"{experiment.name}-{experiment.digest}")


def run(work: Path, jobs: int, *, quick: bool) -> None:
    """Train what has no result yet; see `Part.run`."""
    need_torch()
    found = experiments(quick=quick)
    arms = [unit for file, one in found.items() for unit in _arms(file, one, work)]
    verifiers = [unit for file, one in found.items() for unit in _verifiers(file, one, work)]
    context = multiprocessing.get_context("spawn")  # PyTorch's threads do not survive a fork
    for units in (arms, verifiers):  # verifiers judge what the models of the arms write
        if not units:
            continue
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            begun = {pool.submit(_work, unit): unit for unit in units}
            try:
                for number, future in enumerate(as_completed(begun), 1):
                    print(
                        f"[{number}/{len(units)}] {begun[future]}, {future.result():.0f} s", file=sys.stderr
                    )
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def section(pictures: Path, *, quick: bool) -> str:
    """Return the section of the page; see `Part.section`."""
    told = []
    for experiment in experiments(quick=quick).values():
        places, plan = places_of(experiment, Path()), experiment.process
        by_seed = {
            seed: [_own(kept(places.arm(name, seed), ArmResult), experiment) for name in plan.arms]
            for seed in plan.seeds
        }
        # Arms are compared seed by seed: one that lacks an arm is left out until it is there.
        arms = [one for found in by_seed.values() if None not in found for one in found if one is not None]
        seeds = experiment.verifying.seeds if experiment.verifying else ()
        judged = [_own(kept(places.verifier(seed), VerifierResult), experiment) for seed in seeds]
        if arms:
            told.append((experiment, arms, [one for one in judged if one is not None]))
    return as_section(told, (_HERE / "set-up.md").read_text(), (_HERE / "notes.md").read_text(), pictures)


def _own(result: Kept | None, experiment: Experiment) -> Kept | None:
    """Return a result if it is of the experiment as it is now."""
    return result if result is not None and result.digest == experiment.digest else None


def _arms(file: Path, experiment: Experiment, work: Path) -> Iterator[_Unit]:
    places = places_of(experiment, work)
    for seed in experiment.process.seeds:  # seed by seed, so that a run that is stopped has whole comparisons
        for name in experiment.process.arms:
            if _own(kept(places.arm(name, seed), ArmResult), experiment) is None:
                yield _Unit(file, work, name, seed)


def _verifiers(file: Path, experiment: Experiment, work: Path) -> Iterator[_Unit]:
    places = places_of(experiment, work)
    for seed in experiment.verifying.seeds if experiment.verifying else ():
        if _own(kept(places.verifier(seed), VerifierResult), experiment) is None:
            yield _Unit(file, work, _VERIFIER, seed)


def _work(unit: _Unit) -> float:
    """Do a unit in a process of its own; return the seconds that its processor worked."""
    import torch

    from .process import trained
    from .rewarding import rewarded

    torch.set_num_threads(1)
    all_families()  # before the clock starts
    began, laboratory = time.process_time(), _laboratory(unit.file, unit.work)
    if unit.name == _VERIFIER:
        plan = laboratory.experiment.verifying
        assert plan is not None
        rewarded(laboratory, plan, unit.seed)
    else:
        trained(laboratory, unit.name, unit.seed)
    return time.process_time() - began


@cache
def _laboratory(file: Path, work: Path) -> Laboratory:
    from .process import Laboratory

    experiment = read(file)
    return Laboratory(experiment, places_of(experiment, work))
