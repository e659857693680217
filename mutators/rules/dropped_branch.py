"""Special cases that are forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.effects import depends_on_platform, goes_unseen, is_cache
from rpsdg.mutators.reading.endings import drives_loop, is_guard, is_no_op_jump
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import cut_statement
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedBranch"]

_LONGEST = 12
"""Lines that a person may forget to write."""


class DroppedBranch(Mutator):
    """Drop a branch: an `if` that does something more in one case is not there.

    Plants
        A case that needs a step of its own is treated like all others.
    Shows as
        Ordinary inputs work; in the special case a value is not adjusted, not stored or not checked.
    """

    family = "branches"
    sample = Sample(
        before="def index(i, n):\n    if i < 0:\n        i += n\n    return i\n",
        after="def index(i, n):\n    return i\n",
        test="def test_from_the_end():\n    assert index(-1, 5) == 4\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for branch in source.nodes(cst.If):
            if branch.orelse is None and not is_guard(branch) and _is_seen(source, branch):
                site = cut_statement(source, branch)
                if site is None or site.old.count(b"\n") > _LONGEST:
                    continue
                if can_go(source, branch, site.start, site.start + len(site.old)):
                    yield site

    def explain(self) -> str:
        return f"A case is not taken care of: put {shown(self.old)} back."


def _is_seen(source: Source, branch: cst.If) -> bool:
    """Say whether a test may notice that the branch is missing."""
    return (
        source.enclosing(branch, cst.FunctionDef) is not None
        and not goes_unseen(source, branch.body)
        and not depends_on_platform(source.text(branch.test))
        and not is_cache(source.text(branch))
        and not drives_loop(source, branch)
        and not is_no_op_jump(source, branch, source.text(branch.body))
    )
