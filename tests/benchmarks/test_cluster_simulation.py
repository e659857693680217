"""The simulation of a cluster: all work is done, and none of it faster than cores allow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpsdg.benchmarks.cluster_simulation import Cluster, simulate
from rpsdg.benchmarks.costs import BATCH, RESULTS, Drawn, draw

SECONDS = st.floats(0.1, 500)
REPOSITORIES = st.lists(
    st.builds(
        Drawn, SECONDS, SECONDS, st.floats(0, 1e9), st.floats(0.01, 50), st.integers(0, 20), st.floats(0, 1e8)
    ),
    min_size=1,
    max_size=30,
)
CLUSTERS = st.builds(
    Cluster,
    cores=st.integers(8, 64),
    per_node=st.integers(1, 8),
    network=st.floats(1e7, 1e10),
    drivers=st.integers(1, 4),
    at_home=st.booleans(),
    spreads=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(REPOSITORIES, CLUSTERS)
def test_no_work_is_lost_and_none_is_free(repositories: list[Drawn], cluster: Cluster) -> None:
    went = simulate(repositories, cluster)
    work = sum(one.prepare + BATCH * one.pieces * one.candidate for one in repositories)
    longest = max(one.prepare + BATCH * bool(one.pieces) * one.candidate for one in repositories)

    assert went.hours * 3600 >= max(work / cluster.cores, longest) * 0.999
    assert went.used == pytest.approx(work / (went.hours * 3600 * cluster.cores))
    assert went.used <= 1.001
    assert went.most <= went.hours
    assert min(went.waited.values(), default=0.0) >= 0


def test_the_same_costs_are_drawn_again() -> None:
    assert draw(50) == draw(50)
    assert draw(50) == draw(60)[:50]
    assert all(one.prepare > 0 for one in draw(50))
    assert RESULTS.exists()


def test_work_that_stays_at_home_makes_fewer_environments() -> None:
    repositories, cluster = draw(300), Cluster(cores=64)

    assert (
        simulate(repositories, cluster).again <= simulate(repositories, replace(cluster, at_home=False)).again
    )
