"""What must happen in any case, and happens only if all goes well."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.blocks import keep_blocks
from rpsdg.mutators.reading.effects import goes_unseen
from rpsdg.mutators.reading.endings import always_leaves
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["FragileCleanup"]


class FragileCleanup(Mutator):
    """Leave the cleanup fragile: it follows the code it belongs to, and not in a `finally`.

    Plants
        After an exception, or an early `return`, nothing is put back in order.
    Shows as
        All is well until the code in between raises; from then on the state is wrong.
    Seldom caught
        It takes a test in which the code in between raises and that then looks at the state.
    """

    family = "exceptions"
    sample = Sample(
        before=(
            "active = []\n\n\ndef run(job):\n    active.append(job)\n    try:\n        job()\n"
            "    finally:\n        active.remove(job)\n"
        ),
        after="active = []\n\n\ndef run(job):\n    active.append(job)\n    job()\n    active.remove(job)\n",
        test=(
            "def test_a_job_that_fails_is_over():\n    job = lambda: 1 / 0\n    try:\n        run(job)\n"
            "    except ZeroDivisionError:\n        pass\n    assert active == []\n"
        ),
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        yield from sorted(_found(source), key=lambda site: site.start)

    def explain(self) -> str:
        return (
            f"The cleanup is skipped when something goes wrong: write {shown(self.old)}, "
            f"not {shown(self.new)}."
        )


def _found(source: Source) -> Iterator[Site]:
    for arm in source.nodes(cst.Finally):
        match source.parent(arm):
            case cst.Try(handlers=[], body=body) as statement if _may_fail(body):
                if not always_leaves(body) and not goes_unseen(source, arm.body):
                    site = keep_blocks(source, statement, [body, arm.body])
                    if site is not None:
                        yield site


def _may_fail(body: cst.BaseSuite) -> bool:
    return any(isinstance(node, cst.Call | cst.Yield | cst.Return | cst.Await) for node in descendants(body))
