"""Options that a function takes and then never looks at."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Self

import libcst as cst

from rpsdg.mutators.mutator import Edit, Mutator, Sample
from rpsdg.mutators.reading.blocks import keep_blocks
from rpsdg.mutators.reading.commas import cut_item
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import arm_lines, cut_statement
from rpsdg.mutators.reading.parentheses import in_place_of, strength
from rpsdg.mutators.reading.source import Site, Source, descendants, parse
from rpsdg.mutators.wording import shown

__all__ = ["ForgottenFlag"]

_DEFAULTS = {"True": True, "False": False, "None": None}
_SPECIAL = frozenset({"locals", "vars", "eval", "exec"})
_LEAVING = (cst.Return, cst.Raise, cst.Continue, cst.Break)


class ForgottenFlag(Mutator):
    """Forget a flag: a function takes an option and does what it does without it.

    Plants
        An option that stands in the signature and in no line of the body.
    Shows as
        All is well for those who leave the option alone; those who set it get what the others get.
    """

    family = "rewrites"
    sample = Sample(
        before=(
            "def listing(names, reverse=False):\n    order = 'descending' if reverse else 'ascending'\n"
            "    names = sorted(names)\n    if reverse:\n        names.reverse()\n"
            "    return order, names\n"
        ),
        after=(
            "def listing(names, reverse=False):\n    order = 'ascending'\n"
            "    names = sorted(names)\n    return order, names\n"
        ),
        test="def test_reverse():\n    assert listing('ab', reverse=True) == ('descending', ['b', 'a'])\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:  # noqa: ARG003 what the other mutators look at
        """Yield nothing: forgetting a flag takes several edits."""
        yield from ()

    @classmethod
    def find_in(cls, path: str, data: bytes) -> Iterator[Self]:
        source = parse(data)
        if source is None:
            return
        for function in source.nodes(cst.FunctionDef):
            for name, default in _flags(function):
                sites = _without(source, function, name, default=default)
                if len(sites) >= 2:
                    first, *others = (Edit(path, site.start, site.old, site.new) for site in sites)
                    yield cls(*first, elsewhere=tuple(others), about=name)

    def explain(self) -> str:
        places = "both places" if len(self.elsewhere) == 1 else f"all {len(self.elsewhere) + 1} places"
        first = f"bring back {shown(self.old)}"
        if self.new:
            first = f"write {shown(self.old)}, not {shown(self.new)}"
        return (
            f"The option `{self.about}` is accepted and has no effect: let it decide again in {places}; in "
            f"the first of them {first}."
        )


def _flags(function: cst.FunctionDef) -> Iterator[tuple[str, bool | None]]:
    """Yield the parameters that are off, or on, unless a caller says otherwise."""
    for param in (*function.params.params, *function.params.kwonly_params):
        match param.default:
            case cst.Name(value) if value in _DEFAULTS:
                yield param.name.value, _DEFAULTS[value]


def _without(source: Source, function: cst.FunctionDef, name: str, *, default: bool | None) -> list[Site]:
    """Return the edits after which nothing looks at the parameter; none where that cannot be done neatly."""
    words = [node for node in descendants(function.body) if isinstance(node, cst.Name)]
    if any(word.value in _SPECIAL for word in words):
        return []
    sites: list[Site] = []
    for word in words:
        if word.value != name or _is_only_spelt_so(source, word):
            continue
        site = None if source.is_target(word) else _ignoring(source, word, default=default)
        if site is None or b"#" in site.old.partition(b"\n")[0] or site.old == site.new:
            return []
        sites.append(site)
    sites = sorted(set(sites), key=lambda site: (site.start, -len(site.old)))
    kept: list[Site] = []
    for site in sites:
        if kept and site.start < kept[-1].start + len(kept[-1].old):
            if kept[-1].new:
                return []
            continue  # it goes with what is around it
        kept.append(site)
    touching = any(a.start + len(a.old) == b.start for a, b in pairwise(kept))
    return [] if touching else kept


def _is_only_spelt_so(source: Source, name: cst.Name) -> bool:
    match source.parent(name):
        case cst.Attribute(attr=attr):
            return attr is name
        case cst.Arg(keyword=keyword):
            return keyword is name
        case _:
            return False


def _ignoring(source: Source, node: cst.BaseExpression, *, default: bool | None) -> Site | None:
    """Return the edit that leaves what happens when `node`, now the parameter, has the value `default`."""
    value = default
    whole = node
    while True:
        around = source.parent(whole)
        match around:
            case cst.UnaryOperation(operator=cst.Not()):
                value = not value
            case cst.Comparison(
                left=left, comparisons=[cst.ComparisonTarget(operator=operator, comparator=cst.Name("None"))]
            ) if left is whole and isinstance(operator, cst.Is | cst.IsNot):
                value = (value is None) == isinstance(operator, cst.Is)
            case cst.BooleanOperation(left=left, right=right):
                if whole is not left and not _is_condition(source, around):
                    return None
                if bool(value) != isinstance(around.operator, cst.Or):
                    return _instead(source, around, right if whole is left else left)
            case cst.IfExp(test=test) if test is whole:
                return _instead(source, around, around.body if value else around.orelse)
            case cst.If(test=test) if test is whole:
                return _branch(source, around, taken=bool(value))
            case cst.Arg(keyword=cst.Name()) if whole is node:
                call = source.parent(around)
                if not isinstance(call, cst.Call) or len(call.args) < 2:
                    return None
                return cut_item(source, call.args, call.args.index(around))
            case _:
                return None
        whole = around


def _is_condition(source: Source, node: cst.CSTNode) -> bool:
    """Say whether only the truth of `node` matters."""
    around = source.parent(node)
    while isinstance(around, cst.BooleanOperation):
        node, around = around, source.parent(around)
    match around:
        case cst.UnaryOperation(operator=cst.Not()) | cst.CompIf():
            return True
        case cst.If(test=test) | cst.While(test=test) | cst.IfExp(test=test):
            return test is node
        case _:
            return False


def _instead(source: Source, node: cst.BaseExpression, kept: cst.BaseExpression) -> Site | None:
    text = source.outer_text(kept)
    if b"\n" in source.outer_text(node):
        return None
    if not node.lpar:
        return source.replace(node, text if strength(kept) >= strength(node) else b"(" + text + b")")
    bare = not kept.lpar and isinstance(
        kept, cst.Name | cst.Attribute | cst.Call | cst.BaseString | cst.BaseNumber
    )
    return in_place_of(source, node, text) if bare else source.replace(node, text)


def _branch(source: Source, statement: cst.If, *, taken: bool) -> Site | None:
    """Return the edit that leaves of an `if` what is done when its condition is `taken`."""
    orelse = statement.orelse
    if any(isinstance(part, cst.Yield | cst.NamedExpr) for part in descendants(statement)):
        return None
    if isinstance(source.parent(statement), cst.If):
        return None if taken else source.cut(*arm_lines(source, statement))
    if taken or isinstance(orelse, cst.Else):
        body = statement.body if taken or orelse is None else orelse.body
        last = body.body[-1]
        small = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
        block = source.parent(statement)
        is_last = isinstance(block, cst.IndentedBlock) and block.body[-1] is statement
        if isinstance(small, _LEAVING) and not is_last:
            return None  # what follows would never be reached
        return keep_blocks(source, statement, [body])
    if isinstance(orelse, cst.If):
        if any(line.comment for line in orelse.leading_lines):
            return None
        return source.cut(source.span(statement)[0], source.span(orelse)[0] + len(b"el"))
    site = cut_statement(source, statement)
    if site is None or not can_go(
        source, statement, site.start, site.start + len(site.old), may_be_missed=True
    ):
        return None
    return site
