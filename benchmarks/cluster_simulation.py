"""Where does a corpus of 10,000 repositories on 1,000 cores saturate, and what does the design do about it?

A discrete-event simulation: what a repository costs is drawn from the measured ones (`results/costs.json`).
    python -m benchmarks.cluster_simulation [--repositories N] [--cores N] [--page docs/scaling.md]
"""

from __future__ import annotations

import argparse
import heapq
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rpsdg.mutators.sampling import LAG

from .costs import BATCH, TRACES, Drawn, draw

__all__ = ["Cluster", "Outcome", "main", "simulate", "table"]

LANES = LAG // BATCH
"""Pieces of one repository that may be under way: a run looks no further ahead."""
MARKS = "<!-- made by `python -m benchmarks.cluster_simulation` -->\n", "<!-- end -->"


@dataclass(frozen=True)
class Cluster:
    """What there is, and how work is handed out."""

    cores: int = 1000
    per_node: int = 8
    network: float = 1.25e9
    """Bytes a second that all nodes together get from the package index or image registry (10 Gbit/s)."""
    storage: float = 1.25e8
    """Bytes a second that shared storage takes (1 Gbit/s)."""
    decision: float = 0.02
    """Seconds that a driver takes for a candidate: it hands out, decides, writes and syncs."""
    drivers: int = 32
    at_home: bool = True
    """Whether work goes to nodes that have the environment; otherwise to whichever core is free."""
    spreads: bool = True
    """Whether a repository may be worked on by several nodes."""


@dataclass
class Outcome:
    """How it went."""

    hours: float = 0.0
    used: float = 0.0
    """Share of the cores' time that went into work of which nothing was done twice."""
    most: float = 0.0
    """Hours until 99 of 100 repositories were finished."""
    waited: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Seconds that cores spent on each: network, driver, storage."""
    again: float = 0.0
    """Core-hours of making environments again."""


@dataclass
class _Server:
    """A thing that serves one after another."""

    free: float = 0.0

    def wait(self, now: float, takes: float) -> float:
        """Return how long whoever comes now is kept."""
        self.free = max(self.free, now) + takes
        return self.free - now


def simulate(repositories: Sequence[Drawn], cluster: Cluster) -> Outcome:
    """Work through all repositories; the order of events depends on nothing but the arguments."""
    network, storage = _Server(), _Server()
    drivers = [_Server() for _ in range(cluster.drivers)]
    nodes = -(-cluster.cores // cluster.per_node)
    left = [one.pieces for one in repositories]
    lanes, has = [0] * len(left), [set[int]() for _ in range(nodes)]
    begun: deque[int] = deque()
    fresh, out, ends = deque(range(len(left))), Outcome(), list[float]()
    events: list[tuple[float, int, int, str]] = []  # when, core, repository, what it was
    idle, open_, now = deque[int](), set[int](), 0.0

    def choose(node: int) -> tuple[int, bool] | None:
        """Return the repository that a free core of a node works on, and whether it is prepared first."""
        ready = has[node] & open_ if cluster.at_home else begun
        for r in ready:
            if left[r] and lanes[r] < LANES:
                return r, False
        if fresh:
            return fresh.popleft(), True
        worth = [r for r in open_ if lanes[r] < LANES and left[r] and cluster.spreads]
        best = max(worth, key=lambda r: left[r] * repositories[r].candidate / (1 + lanes[r]), default=None)
        if best is None or left[best] * BATCH * repositories[best].candidate < repositories[best].rebuild:
            return None
        return best, False

    def start(core: int, now: float) -> bool:
        node = core // cluster.per_node
        if (chosen := choose(node)) is None:
            return False
        r, first = chosen
        one, takes = repositories[r], 0.0
        if first or r not in has[node]:
            kept = network.wait(now, one.download / cluster.network)
            out.waited["network"] += kept
            takes += kept + (0.0 if first else one.rebuild)
            out.again += 0.0 if first else one.rebuild
            has[node].add(r)
        if first:
            takes += one.prepare
        else:
            left[r] -= 1
            lanes[r] += 1
            takes += BATCH * one.candidate
        heapq.heappush(events, (now + takes, core, r, "prepared" if first else "tried"))
        return True

    for core in range(cluster.cores):
        if not start(core, now):
            idle.append(core)
    while events:
        now, core, r, what = heapq.heappop(events)
        if what == "tried":
            kept = drivers[r % cluster.drivers].wait(now, BATCH * cluster.decision)
            out.waited["driver"] += kept
            heapq.heappush(events, (now + kept, core, r, "decided"))
            continue
        lanes[r] -= what == "decided"
        if what == "prepared" and left[r]:
            open_.add(r)
            begun.append(r)
        if not left[r] and not lanes[r]:
            kept = storage.wait(now, repositories[r].publish / cluster.storage)
            out.waited["storage"] += kept
            ends.append(now + kept)
            open_.discard(r)
            for there in has:
                there.discard(r)
        while begun and not left[begun[0]]:
            begun.popleft()
        if not start(core, now):
            idle.append(core)
        while (
            what == "prepared" and idle and start(idle[0], now)
        ):  # only what was prepared is work for others
            idle.popleft()
    needed = sum(one.prepare + BATCH * one.pieces * one.candidate for one in repositories)
    ends.sort()
    out.hours, out.most = ends[-1] / 3600, ends[int(0.99 * (len(ends) - 1))] / 3600
    out.used = needed / (ends[-1] * cluster.cores)
    out.again /= 3600
    return out


def table(number: int, cores: int) -> str:
    """Return the page's table: the design, and what each part of it or of the machines is worth."""
    repositories, as_is = draw(number), Cluster(cores=cores)
    ways = {
        f"as designed, {cores:,} cores": as_is,
        "work goes to any free core": replace(as_is, at_home=False),
        "a repository stays on one node": replace(as_is, spreads=False),
        "a tenth of the network": replace(as_is, network=as_is.network / 10),
        "one driver": replace(as_is, drivers=1),
        "a hundredth of the storage": replace(as_is, storage=as_is.storage / 100),
        f"{4 * cores:,} cores": replace(as_is, cores=4 * cores),
        f"{4 * cores:,} cores, one driver": replace(as_is, cores=4 * cores, drivers=1),
    }
    rows = ["| | hours | 99 % done | cores' use | waited: network | driver | storage | made again |"]
    rows += ["|---" + "|--:" * 7 + "|"]
    for name, cluster in ways.items():
        went = simulate(repositories, cluster)
        waits = " | ".join(f"{went.waited[of] / 3600:,.1f}" for of in ("network", "driver", "storage"))
        times = f"{went.hours:.1f} | {went.most:.1f} | {went.used:.0%}"
        rows += [f"| {name} | {times} | {waits} | {went.again:,.1f} |"]
    once = sum(one.prepare for one in repositories) / number / 3.6
    tried = sum(BATCH * one.pieces * one.candidate for one in repositories) / number / 3.6
    usable = sum(one.pieces > 0 for one in repositories) / number
    rows += ["", f"A thousand repositories take {once + tried:,.0f} core-hours: {once:,.0f} once, "]
    rows[-1] += f"{tried:,.0f} for candidates. {usable:.0%} can be used and give {TRACES} traces each."
    return "\n".join(rows) + "\n"


def main() -> None:
    """Print the table, or put it into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repositories", type=int, default=10_000)
    parser.add_argument("--cores", type=int, default=1000)
    parser.add_argument("--page", type=Path, help="file whose table is made anew")
    options = parser.parse_args()
    print(made := table(options.repositories, options.cores), end="")
    if options.page is not None:
        before, begin, rest = options.page.read_text().partition(MARKS[0])
        _, end, after = rest.partition(MARKS[1])
        options.page.write_text(f"{before}{begin}{made}{end}{after}")


if __name__ == "__main__":
    main()
