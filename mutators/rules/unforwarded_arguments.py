"""Arguments that a function takes, but no longer passes on."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.commas import cut_item, emptied
from rpsdg.mutators.reading.signatures import is_forwarded
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["UnforwardedArguments"]


class UnforwardedArguments(Mutator):
    """Stop forwarding: a function takes `*args`, `**kwargs` or an option, and does not hand it on.

    Plants
        Callers may pass the argument as before, but the function that needs it never sees it.
    Shows as
        Calls without the argument work; with it they do as if it had not been passed.
    """

    family = "arguments"
    sample = Sample(
        before="def ordered(xs, **options):\n    return sorted(xs, **options)\n",
        after="def ordered(xs, **options):\n    return sorted(xs)\n",
        test="def test_options_count():\n    assert ordered([1, 2], reverse=True) == [2, 1]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for call in source.nodes(cst.Call):
            for index, arg in enumerate(call.args):
                if is_forwarded(source, arg):
                    site = cut_item(source, call.args, index) if len(call.args) > 1 else emptied(source, call)
                    if site is not None:
                        yield site

    def explain(self) -> str:
        return f"An argument is taken, but not passed on: add {shown(self.old)} to the call."
