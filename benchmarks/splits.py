"""Does the training set of one seed share anything with the test set of another?

Every family, with each of several seeds, makes problems of each split. Of all pairs of seeds, the skeletons
and canonical problems are counted that a training set shares with another's validation or test set: `ours`
is the number shared, and should be 0; `peer` is how many the two sides have together. For comparison, the
same is counted of problems made without `--split` by two different seeds, which share a good part.

    python -m benchmarks splits [--seeds N] [--count N]
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterator, Sequence
from itertools import product

from rpsdg.math_domains.problems import NoSuchProblemError, Problems
from rpsdg.math_domains.registry import all_families
from rpsdg.math_domains.splitting import Split
from rpsdg.runs.version import VERSION
from rpsdg.traces.errors import ExitCode

from .figure import Figure, compare

__all__ = ["command", "run"]

SEEDS, COUNT = 20, 10
"""How many seeds, and how many problems each of every family in each split."""
_KINDS = ("skeleton", "canonical")

_log = logging.getLogger(__name__)


def run(quick: bool) -> Iterator[Figure]:
    """Count with twenty seeds, or with three and fewer problems."""
    yield from _counted(3 if quick else SEEDS, 5 if quick else COUNT)


def command(arguments: Sequence[str]) -> int:
    """Count with other numbers; exit status 1 if anything is shared."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks splits", description=__doc__, allow_abbrev=False
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help=f"({SEEDS})")
    parser.add_argument("--count", type=int, default=COUNT, metavar="N", help=f"of each family ({COUNT})")
    options = parser.parse_args(arguments)
    shared = 0.0
    for figure in _counted(options.seeds, options.count):
        print(json.dumps({"figure": figure.figure, "shared": figure.ours, "of": figure.peer}))
        shared += figure.ours if "train" in figure.figure else 0
    return ExitCode.FALSE_CLAIM if shared else ExitCode.OK


def _counted(seeds: int, count: int) -> Iterator[Figure]:
    made = {}
    for split, seed in product((*Split, None), range(seeds)):
        made[split, seed] = _keys(seed, split, count)
        _log.info("%s of seed %d: %d skeletons", split or "all", seed, len(made[split, seed]["skeleton"]))
    for other, kind in product((Split.VALIDATION, Split.TEST), _KINDS):
        pairs = [
            (made[Split.TRAIN, one][kind], made[other, two][kind])
            for one, two in product(range(seeds), repeat=2)
        ]
        yield _figure(f"{kind}s of `train` shared with `{other}`, {len(pairs)} pairs of seeds", pairs)
    for kind in _KINDS:
        pairs = [
            (made[None, one][kind], made[None, two][kind])
            for one, two in product(range(seeds), repeat=2)
            if one < two
        ]
        yield _figure(f"{kind}s shared without splits, {len(pairs)} pairs of different seeds", pairs)


def _keys(seed: int, split: Split | None, count: int) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    for family in all_families().values():
        problems = Problems(family, seed=seed, split=split)
        for index in range(count):
            try:
                source = problems[index].provenance.source
            except NoSuchProblemError:
                break
            for kind in _KINDS:
                found[kind].add(str(source[kind]))
    return found


def _figure(what: str, pairs: Sequence[tuple[set[str], set[str]]]) -> Figure:
    return compare(
        what,
        sum(len(one & two) for one, two in pairs),
        sum(len(one | two) for one, two in pairs),
        unit="of all",
        better="less",
        versions={"rpsdg": VERSION},
    )
