"""Workers go where the environment is, never more to a node than it has cores."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from rpsdg.runs.cluster.placing import placed

NODES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 5))


@given(NODES, st.sets(st.sampled_from("abcdefgh")), st.integers(0, 20))
def test_room_is_respected_and_homes_come_first(cpus: dict[str, int], at_home: set[str], wanted: int) -> None:
    chosen = placed(cpus, at_home, wanted)
    taken = Counter(node for node in chosen if node is not None)

    assert len(chosen) == wanted
    assert all(number <= cpus[node] for node, number in taken.items())
    assert chosen.count(None) == max(0, wanted - sum(cpus.values()))  # nobody waits while there is room
    if any(node not in at_home for node in taken):
        assert all(taken[node] == cpus[node] for node in at_home & cpus.keys())


@given(NODES, st.integers(0, 20))
def test_nodes_alike_share_the_work_evenly(cpus: dict[str, int], wanted: int) -> None:
    taken = Counter(node for node in placed(cpus, (), wanted) if node is not None)
    left = {node: number - taken[node] for node, number in cpus.items() if number}

    # Whoever has got something has as much room left as anybody, give or take one.
    assert all(left[node] >= max(left.values()) - 1 for node in taken)
