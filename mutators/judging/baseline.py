"""What the tests of the untouched project do, run after run and whichever way they are run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from rpsdg.sandbox.report import TestReport
from rpsdg.traces.identity import digest, mask

__all__ = ["ALONE", "OWN", "Baseline", "Quarantine", "QuarantineKind", "Way", "suspects"]

QuarantineKind = Literal[
    "failing", "network", "order-dependent", "time-dependent", "seed-dependent", "flaky", "slow"
]
"""Why a test takes no part:

- `failing`: it never passed;
- `network`: it did not reach what it looked for on the network, which tests do not have;
- `order-dependent`: it passes in the suite's own order and not in another one, or not by itself;
- `time-dependent`: it passes on some days or at some hours only;
- `seed-dependent`: it passes with some seeds of hashes and random numbers only;
- `flaky`: it passed at one time and not at another, for no reason that could be found;
- `slow`: it takes too much of the time that all tests may take together.
"""
_LASTING = {"order-dependent", "time-dependent", "seed-dependent", "slow"}
_NETWORK = re.compile(
    r"gaierror|name resolution|Name or service not known|nodename nor servname|getaddrinfo failed"
    r"|Network is unreachable|No route to host|Cannot assign requested address|Max retries exceeded with url"
    r"|NewConnectionError|NameResolutionError|ClientConnectorD?N?S?Error|EAI_AGAIN|urlopen error"
    r"|(?i:connection refused|all connection attempts failed|could not resolve host|socket\.timeout)",
)
_LONGEST = 300
"""Characters of a failure's message that are kept."""


@dataclass(frozen=True)
class Way:
    """A way to run tests."""

    name: str
    hash_seed: int = 0
    """Seed of hashes and random numbers."""
    order_seed: int | None = None
    """Of a random order, below zero for the same backwards; None for the suite's own."""
    clock_ahead: int = 0
    """Seconds by which the tests' wall clock is ahead."""


OWN = Way("own order")
"""The way in which bugs are judged."""
ALONE = Way("without the others")
"""The way in which tests that behaved differently are run by themselves, to find out why."""


class Quarantine(msgspec.Struct, frozen=True):
    """Why one test takes no part."""

    kind: QuarantineKind
    seen: dict[str, str]
    """Its outcome in each run, by the name of the way; `missing` where it did not run."""
    message: str = ""
    """What it failed with first; for a slow one, how long it took."""


class Baseline(msgspec.Struct, frozen=True):
    """What the tests of the untouched project do, run after run."""

    id: str
    """Digest of `steady`: the shared pass-to-pass list that traces refer to."""
    steady: tuple[str, ...]
    """Node ids that passed in every run, sorted."""
    quarantined: dict[str, Quarantine | str]
    """Node ids that take no part, with the reason; a mere text in older data sets."""
    notes: tuple[str, ...] = ()
    """Ways to run the tests that had to be left out, and why."""

    @classmethod
    def of(
        cls,
        runs: Sequence[tuple[Way, TestReport]],
        alone: Sequence[tuple[Way, TestReport]] = (),
        *,
        too_slow: float = float("inf"),
        notes: Iterable[str] = (),
    ) -> Baseline:
        """Compare runs; only what passed in all of them, and quickly enough, is steady.

        Args:
            runs: complete runs of the untouched suite, the suite's own order first.
            alone: runs of the suspects by themselves; each differs in one thing from the first of them.
            too_slow: seconds above which a test is slow.
            notes: what is to be remembered of the runs.
        """
        steady: list[str] = []
        quarantined: dict[str, Quarantine | str] = {}
        reports = [report for _, report in runs]
        for node in sorted({node for report in reports for node in report.outcomes}):
            seen = _seen(runs, node)
            outcomes = set(seen.values())
            quickest = min(report.durations.get(node, 0.0) for report in reports)
            if outcomes == {"passed"}:
                if quickest > too_slow:
                    told = {way.name: outcome for way, outcome in seen.items()}
                    quarantined[node] = Quarantine("slow", told, f"more than {too_slow:.0f} s in every run")
                else:
                    steady.append(node)
            elif not outcomes <= {"skipped", "xfailed"}:
                by_itself = _seen(alone, node)
                found = (r.failures[node].message for _, r in (*runs, *alone) if node in r.failures)
                message = mask(next(found, ""))
                kind = _kind(seen, by_itself, message)
                told = {way.name: outcome for way, outcome in (seen | by_itself).items()}
                quarantined[node] = Quarantine(kind, told, message[:_LONGEST])
        return cls(digest(steady), tuple(steady), quarantined, tuple(notes))

    @property
    def dependable(self) -> frozenset[str]:
        """The tests that pass whenever they are run the way in which bugs are judged.

        These are the steady ones, and those that pass that way but not in another one.
        """
        lasting = {
            node
            for node, why in self.quarantined.items()
            if isinstance(why, Quarantine) and why.kind in _LASTING and why.seen.get(OWN.name) == "passed"
        }
        return frozenset(self.steady) | lasting

    def kinds(self) -> dict[str, int]:
        """Return how many tests are quarantined for each reason, the most frequent first."""
        counts: dict[str, int] = {}
        for why in self.quarantined.values():
            kind = why.kind if isinstance(why, Quarantine) else "unsteady"
            counts[kind] = counts.get(kind, 0) + 1
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def suspects(runs: Sequence[tuple[Way, TestReport]]) -> list[str]:
    """Return the tests that did one thing in one run and another in another, sorted."""
    nodes = sorted({node for _, report in runs for node in report.outcomes})
    return [node for node in nodes if len(set(_seen(runs, node).values())) > 1]


def _seen(runs: Iterable[tuple[Way, TestReport]], node: str) -> dict[Way, str]:
    return {way: report.outcomes.get(node, "missing") for way, report in runs}


def _kind(seen: Mapping[Way, str], by_itself: Mapping[Way, str], message: str) -> QuarantineKind:
    """Return why a test that did not pass in every run did not."""
    if _NETWORK.search(message):
        return "network"
    if len(set(seen.values())) == 1:
        return "failing"
    if _explains(by_itself, seen, lambda way: way.clock_ahead):
        return "time-dependent"
    if _explains(by_itself, seen, lambda way: way.hash_seed):
        return "seed-dependent"
    in_order = {outcome for way, outcome in seen.items() if way.order_seed is None}
    if in_order == {"passed"} or (seen[OWN] == "passed" != by_itself.get(ALONE, "passed")):
        return "order-dependent"
    return "flaky"


def _explains(by_itself: Mapping[Way, str], seen: Mapping[Way, str], thing: Callable[[Way], int]) -> bool:
    """Say whether a test did as it does alone, where it passes or not depending on one thing."""
    alone = {
        thing(way): outcome == "passed" for way, outcome in by_itself.items() if way == ALONE or thing(way)
    }
    return len(set(alone.values())) == 2 and all(
        alone[thing(way)] == (outcome == "passed") for way, outcome in seen.items() if thing(way) in alone
    )
