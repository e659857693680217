"""On which nodes workers are put: where the environment lies already, else spread out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

__all__ = ["placed"]


def placed(cpus: Mapping[str, int], at_home: Collection[str], wanted: int) -> list[str | None]:
    """Return the node of each of some workers, or None for one that has to wait for a node with room.

    Nodes that have the environment are filled first, so that as few others as possible have to build or pull
    it. Within both groups each worker goes where most room is left.

    Args:
        cpus: workers that a node has room for, by node.
        at_home: nodes that have the environment.
        wanted: how many workers.

    >>> placed({"a": 2, "b": 4, "c": 1}, {"c"}, 4)
    ['c', 'b', 'b', 'a']
    """
    room = {node: number for node, number in cpus.items() if number > 0}
    chosen: list[str | None] = []
    while len(chosen) < wanted:
        node = max(room, key=lambda node: (node in at_home, room[node], node), default=None)
        chosen.append(node)
        if node is not None:
            room[node] -= 1
            if not room[node]:
                del room[node]
    return chosen
