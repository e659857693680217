"""What type a value has, as far as the text around it tells."""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

import libcst as cst

from .bindings import Binding, Function
from .source import Source

__all__ = ["clashing", "kind_by_convention", "kind_of", "kind_of_use", "kinds"]

_RESULTS = {
    **dict.fromkeys(("len", "ord", "hash", "id", "sum", "abs", "round"), "int"),
    **dict.fromkeys(("str", "repr", "chr", "ascii", "hex", "oct", "bin", "format", "input"), "str"),
    **dict.fromkeys(("isinstance", "issubclass", "hasattr", "callable", "any", "all"), "bool"),
    **{name: name for name in ("int", "float", "bool", "list", "dict", "set", "tuple", "bytes", "type")},
    "sorted": "list",
    "frozenset": "set",
    "bytearray": "bytes",
    "complex": "float",
    "dir": "list",
    "open": "file",
    "defaultdict": "dict",
    "OrderedDict": "dict",
    "Counter": "dict",
    "deque": "list",
}
_METHOD_RESULTS = {
    **dict.fromkeys(("join", "strip", "lstrip", "rstrip", "lower", "upper", "format", "title"), "text"),
    **dict.fromkeys(("replace", "casefold", "removeprefix", "removesuffix", "zfill"), "text"),
    **dict.fromkeys(("split", "rsplit", "splitlines", "readlines", "findall"), "list"),
    **dict.fromkeys(("startswith", "endswith", "isdigit", "isalpha", "exists", "is_dir"), "bool"),
    **dict.fromkeys(("find", "rfind", "index", "count", "bit_length"), "int"),
    "encode": "bytes",
    "decode": "str",
    "hexdigest": "str",
    "digest": "bytes",
}
_USES = {
    **dict.fromkeys((".append", ".extend", ".insert", ".sort", ".reverse"), "list"),
    **dict.fromkeys((".items", ".keys", ".values", ".setdefault"), "dict"),
    **dict.fromkeys((".startswith", ".endswith", ".strip", ".lower", ".upper", ".rstrip"), "text"),
    **dict.fromkeys((".split", ".splitlines", ".isdigit", ".lstrip", ".rfind", ".partition"), "text"),
    **dict.fromkeys((".add", ".discard"), "set"),
    **dict.fromkeys((".group", ".groups", ".groupdict", ".span"), "match"),
    **dict.fromkeys((".write", ".read", ".readline", ".readlines", ".flush"), "file"),
    ".encode": "str",
    ".decode": "bytes",
    "called": "function",
    "range": "int",
    "chr": "int",
}
_CONVENTIONS = (
    (
        "int",
        r"[ijn]|idx|index|pos|position|count|size|length|depth|width|height|offset|lineno|num|n_\w+|num_\w+",
    ),
    ("int", r"\w+_(idx|index|pos|count|size|len|length|lineno|offset|num|width|height)"),
    ("text", r"name|filename|path|text|msg|message|prefix|suffix|line|word|url|\w+_(name|path|text|msg|url)"),
    ("file", r"f|fp|file|fileobj|stream"),
    ("bool", r"(is|has|should|can|use|allow)_\w+"),
    ("function", r"func|function|callback|fn|predicate|factory|\w+_(func|callback|fn|factory)"),
    ("type", r"cls|klass|\w+_(cls|class|type)"),
    ("list", r"lines|names|items|values|args|parts|words|tokens|\w+_(list|names|items|values)"),
    ("dict", r"kwargs|mapping|\w+_(map|dict)"),
)
_NAMED = re.compile("|".join(f"(?P<k{i}>{pattern})" for i, (_, pattern) in enumerate(_CONVENTIONS)))
_COMPATIBLE = (frozenset({"int", "float"}), frozenset({"text", "str"}), frozenset({"text", "bytes"}))
"""Types that may stand for one another. `text` is what may be `str` or `bytes`."""
_VAGUE = frozenset({"", "any", "object", "sequence", "iterable", "collection", "mapping", "t", "self"})


def clashing(one: str, other: str) -> bool:
    """Say whether two kinds are certainly different types."""
    return one != other and not {one, other} & _VAGUE and frozenset({one, other}) not in _COMPATIBLE


def kind_of(value: cst.BaseExpression | None) -> str:
    """Return the type that an expression shows, such as `int` or `text`; "" when it shows none."""
    match value:
        case cst.Integer() | cst.UnaryOperation(operator=cst.Minus(), expression=cst.Integer()):
            return "int"
        case cst.Float():
            return "float"
        case cst.SimpleString():
            return "bytes" if "b" in value.prefix.lower() else "str"
        case cst.ConcatenatedString():
            return kind_of(value.left)
        case cst.FormattedString():
            return "str"
        case cst.List() | cst.ListComp():
            return "list"
        case cst.Dict() | cst.DictComp():
            return "dict"
        case cst.Set() | cst.SetComp():
            return "set"
        case cst.Tuple():
            return "tuple"
        case cst.Lambda():
            return "function"
        case cst.Name("True" | "False") | cst.Comparison() | cst.UnaryOperation(operator=cst.Not()):
            return "bool"
        case cst.IfExp():
            return kind_of(value.body) or kind_of(value.orelse)
        case cst.Call(func=cst.Name(name)):
            return _RESULTS.get(name, name.lower() if name[:1].isupper() else "")
        case cst.Call(func=cst.Attribute(attr=cst.Name(method))):
            return _METHOD_RESULTS.get(method, "")
        case _:
            return ""


def kind_of_use(uses: frozenset[str]) -> str:
    """Return the type that a value has when this is done with it; "" when that leaves it open."""
    found = {_USES[use] for use in uses if use in _USES}
    found -= {"text"} if found & {"str", "bytes"} else set()
    return found.pop() if len(found) == 1 else ""


def kind_by_convention(name: str) -> str:
    """Return the type that a variable of this name usually has, or ""."""
    found = _NAMED.fullmatch(name)
    return _CONVENTIONS[int(found.lastgroup[1:])][0] if found and found.lastgroup else ""


def kinds(source: Source, function: Function) -> dict[str, str]:
    """Return the type of each local name of a function, "" where nothing tells it.

    What is written beats what is done with it, and that beats what its name suggests.
    """
    if function not in _KINDS:
        _KINDS[function] = _kinds_in(source, function)
    return _KINDS[function]


_KINDS: WeakKeyDictionary[Function, dict[str, str]] = WeakKeyDictionary()
"""What was worked out for functions that are still looked at: many rules ask for the same ones. A function
that is found again is another one, so nothing may be kept by its file."""


def _kinds_in(source: Source, function: Function) -> dict[str, str]:
    found: dict[str, str] = {}
    for binding in function.bindings:
        found[binding.name] = found.get(binding.name) or _kind_of_binding(source, binding)
    for name, known in found.items():
        found[name] = known or kind_of_use(function.uses.get(name, frozenset())) or kind_by_convention(name)
    return found


def _kind_of_binding(source: Source, binding: Binding) -> str:
    match binding.binder:
        case cst.Parameters() as parameters:
            return _kind_of_parameter(source, parameters, binding.name)
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))], value=value):
            return kind_of(value) if name == binding.name else ""
        case cst.AnnAssign(annotation=annotation):
            return _kind_of_annotation(source.text(annotation.annotation).decode())
        case cst.For(target=target, iter=iterable) | cst.CompFor(target=target, iter=iterable):
            return _kind_of_item(binding.name, target, iterable)
        case cst.ExceptHandler():
            return "exception"
        case _:
            return ""


def _kind_of_parameter(source: Source, parameters: cst.Parameters, name: str) -> str:
    for parameter in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params):
        if parameter.name.value == name:
            if parameter.annotation is not None:
                return _kind_of_annotation(source.text(parameter.annotation.annotation).decode())
            return kind_of(parameter.default)
    star = parameters.star_arg
    if isinstance(star, cst.Param) and star.name.value == name:
        return "tuple"
    return "dict" if parameters.star_kwarg is not None and parameters.star_kwarg.name.value == name else ""


def _kind_of_annotation(text: str) -> str:
    """Return the type that an annotation names, whatever it holds; unions with None count as the rest.

    >>> [_kind_of_annotation(text) for text in ("Optional[str]", "list[int] | None", "int | str")]
    ['str', 'list', '']
    """
    text = text.strip("'\" ").removeprefix("typing.").removeprefix("t.")
    if text.startswith("Optional[") and text.endswith("]"):
        text = text[len("Optional[") : -1]
    text = re.sub(r"\s*\|\s*None$|^None\s*\|\s*", "", text)
    if "|" in text or text.startswith("Union["):
        return ""
    name = text.partition("[")[0].rpartition(".")[2].lower()
    return {"callable": "function", "pattern": "regex"}.get(name, name)


def _kind_of_item(name: str, target: cst.BaseAssignTargetExpression, iterable: cst.BaseExpression) -> str:
    match iterable, target:
        case cst.Call(func=cst.Name("range")), cst.Name():
            return "int"
        case cst.Call(func=cst.Name("enumerate")), cst.Tuple(elements=[cst.Element(cst.Name(first)), _]):
            return "int" if first == name else ""
        case _:
            return ""
