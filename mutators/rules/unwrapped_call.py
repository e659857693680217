"""Values that skip the function they should go through."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.signatures import Signature, callables
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.reading.standing import standing_alone
from rpsdg.mutators.wording import shown

__all__ = ["UnwrappedCall"]

_PREPARING = re.compile(
    r"_*(normali[sz]e|norm|clean|escape|unescape|quote|unquote|strip|ensure|force|coerce|sanit|expand|abspath|realpath"
    r"|fspath|deepcopy|copy|dedent|indent|fix|resolve|simplif|canonical|lower|upper|convert|unwrap|wrap|flatten|decode"
    r"|encode|translate|trim|collapse|to_|as_|maybe_|html_escape|xml_escape|floor|ceil|trunc|sqrt|log|exp|radians"
    r"|degrees|fabs|invert|reduce|prepare|adapt|process|filter|safe_|shlex|native|str_|text_)"
    r"|.*_(escape|quote|unquote|normali[sz]e|copy|to_str|to_text|to_list|to_bytes)"
)
"""Names of functions that make of a value another one of the same kind."""
_MODULES = frozenset(
    {
        b"path",
        b"posixpath",
        b"ntpath",
        b"os",
        b"math",
        b"copy",
        b"html",
        b"textwrap",
        b"shlex",
        b"parse",
        b"re",
    }
    | {b"util", b"utils", b"compat", b"helpers", b"_utils", b"_compat", b"unicodedata"}
)
"""Modules whose functions take a value; on anything else a call is a method."""
_NOT_VALUES = (cst.Decorator, cst.Expr, cst.With, cst.WithItem, cst.Await, cst.Raise, cst.From)


class UnwrappedCall(Mutator):
    """Leave a call out: a value is used as it came, though a function should have prepared it first.

    Plants
        Text that is not escaped, a path that is not resolved, a structure that is not copied.
    Shows as
        Inputs that need no preparation work; the others come out raw.
    """

    family = "calls"
    sample = Sample(
        before="def normalize(name):\n    return name.strip().lower()\n\n\n"
        "def same(one, other):\n    return normalize(one) == normalize(other)\n",
        after="def normalize(name):\n    return name.strip().lower()\n\n\n"
        "def same(one, other):\n    return normalize(one) == other\n",
        test="def test_case_does_not_count():\n    assert same('a', ' A')\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        known = callables(source)
        for call in source.nodes(cst.Call):
            match call:
                case cst.Call(
                    func=cst.Name(name) | cst.Attribute(attr=cst.Name(name)) as func,
                    args=[cst.Arg(keyword=None, star="", value=value)],
                ):
                    meant = known.meant(source, call)
                    if not _keeps_kind(source, func, name, meant) or _is_pointless(source, call, value):
                        continue
                    yield source.replace(call, standing_alone(source, call, value))

    def explain(self) -> str:
        return (
            f"The value has to go through a function first: write {shown(self.old)}, not {shown(self.new)}."
        )


def _keeps_kind(source: Source, func: cst.BaseExpression, name: str, meant: Signature | None) -> bool:
    """Say whether a function, known or by its name, gives back the kind of value that it takes."""
    if isinstance(func, cst.Attribute) and not isinstance(func.value, cst.Name | cst.Attribute):
        return False
    if name[:1].isupper() or (meant is not None and not meant.returns_value):
        return False
    if isinstance(func, cst.Attribute) and meant is None and not _is_of_module(source, func):
        return False
    return _PREPARING.match(name) is not None or (meant is not None and _returns_parameter(meant))


def _is_of_module(source: Source, func: cst.Attribute) -> bool:
    return source.text(func.value).rpartition(b".")[2] in _MODULES


def _returns_parameter(meant: Signature) -> bool:
    """Say whether the function may give its first argument back as it is."""
    if not meant.positional:
        return False
    first = meant.positional[0].name.value
    for node in descendants(meant.node.body):
        match node:
            case cst.Return(value=cst.Name(name)) if name == first:
                return True
    return False


def _is_pointless(source: Source, call: cst.Call, value: cst.BaseExpression) -> bool:
    """Say whether nobody would write, or nobody could notice, the value without the call."""
    around = source.parent(call)
    if isinstance(value, cst.BaseString | cst.BaseNumber) or isinstance(around, _NOT_VALUES):
        return True
    if source.enclosing(call, cst.FunctionDef) is None:
        return True  # what the module needs to be loaded at all
    match around:
        case cst.Assign(targets=[cst.AssignTarget(target=target)]):
            return source.text(target) == source.text(value)  # `x = x` would catch the eye
        case _:
            return False
