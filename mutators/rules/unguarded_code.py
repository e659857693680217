"""Code that runs whether its condition holds or not."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.dataflow import reads
from rpsdg.mutators.reading.effects import depends_on_platform, goes_unseen, is_cache
from rpsdg.mutators.reading.endings import always_leaves
from rpsdg.mutators.reading.leftovers import can_go, is_missed
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["UnguardedCode"]

_LONGEST = 5
"""Lines; longer blocks are indented because somebody thought about them."""


class UnguardedCode(Mutator):
    """Leave code unguarded: what should run under a condition runs always.

    Plants
        A step that is right for some values is taken for all of them.
    Shows as
        The special case works, and the ordinary one raises or is changed without need.
    """

    family = "branches"
    sample = Sample(
        before="def bare(name):\n    if name.startswith('@'):\n        name = name[1:]\n    return name\n",
        after="def bare(name):\n    name = name[1:]\n    return name\n",
        test="def test_plain_name():\n    assert bare('ann') == 'ann'\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for branch in source.nodes(cst.If):
            block = source.parent(branch)
            if branch.orelse is None and isinstance(block, cst.IndentedBlock) and _is_apt(source, branch):
                dedented = _dedented(source, branch)
                if dedented is not None:
                    yield dedented

    def explain(self) -> str:
        return f"A condition is missing: write {shown(self.old)}, not {shown(self.new)}."


def _is_apt(source: Source, branch: cst.If) -> bool:
    """Say whether the block alone looks like code that somebody may have written."""
    test = source.text(branch.test)
    start, end = source.span(branch.test)
    return (
        source.enclosing(branch, cst.FunctionDef) is not None
        and not always_leaves(branch.body)
        and not goes_unseen(source, branch.body)
        and not depends_on_platform(test)
        and not is_cache(source.text(branch))
        and not any(line.comment for line in branch.leading_lines)  # it speaks of the condition
        and can_go(source, branch.test, start, end)
        and not is_missed(source, branch, start, end)
        and not _fills_gap(source, branch)
    )


def _fills_gap(source: Source, branch: cst.If) -> bool:
    """Say whether the block only sets what the condition finds unset: `if x is None: x = []`."""
    tested = reads(source, branch.test)
    return b"hasattr" in tested or any(
        source.text(target.target) in tested - reads(source, node.value)
        for node in descendants(branch.body)
        if isinstance(node, cst.Assign)
        for target in node.targets
    )


def _dedented(source: Source, branch: cst.If) -> Site | None:
    """Return the site that leaves the block without its head, one level further out."""
    body = branch.body
    if not isinstance(body, cst.IndentedBlock) or body.header.comment is not None:
        return None
    if any(b"\n" in source.text(node) for node in descendants(body) if isinstance(node, cst.BaseString)):
        return None  # its lines are not all code
    start, end = source.line_start(source.span(branch)[0]), source.line_end(source.span(body)[1])
    outer = source.data[start : source.span(branch)[0]]
    first = source.line_end(source.span(branch.test)[1])
    head = source.span(body.body[0])[0]
    inner = source.data[source.line_start(head) : head]
    lines = source.data[first:end].splitlines(keepends=True)
    if len(lines) > _LONGEST or outer.strip() or not inner.startswith(outer):
        return None
    if any(line.strip() and not line.startswith(inner) for line in lines) or not lines[0].strip():
        return None
    dedented = (outer + line[len(inner) :] if line.strip() else line for line in lines)
    return source.splice(start, end, b"".join(dedented))
