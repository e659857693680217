"""Where a piece of code stands: when it runs, and who reads what comes of it."""

from __future__ import annotations

import libcst as cst

from .source import Source

__all__ = ["is_for_people", "runs_when_called"]

_PRINTING = {"print", "echo", "secho", "warn", "fail", "error", "exit", "add_argument", "add_parser", "log"}
_DECLARING = {"TypeVar", "NewType", "ParamSpec", "namedtuple", "NamedTuple", "TypedDict", "cast"}
_DESCRIBING = {"help", "doc", "description", "desc", "msg", "message", "metavar", "epilog", "usage", "title"}


def runs_when_called(source: Source, node: cst.CSTNode) -> bool:
    """Say whether `node` is in the body of a function: a bug elsewhere could break the import itself."""
    inner, around = node, source.parent(node)
    while around is not None:
        if isinstance(around, cst.FunctionDef | cst.Lambda) and around.body is inner:
            return True
        inner, around = around, source.parent(around)
    return False


def is_for_people(source: Source, node: cst.CSTNode) -> bool:
    """Say whether `node` is in a message or a declaration, which tests seldom look at."""
    around = source.parent(node)
    while around is not None and not isinstance(around, cst.BaseSuite):
        match around:
            case cst.Raise() | cst.Assert():
                return True
            case cst.Call(func=cst.Attribute(value=cst.Name(name), attr=cst.Name("__init__"))):
                if name.endswith("Error"):
                    return True
            case cst.Call(func=cst.Name(name) | cst.Attribute(attr=cst.Name(name))):
                if (
                    name in _PRINTING
                    or name in _DECLARING
                    or name.endswith(("Error", "Exception", "Warning"))
                ):
                    return True
            case cst.Arg(keyword=cst.Name(name)):
                if name in _DESCRIBING:
                    return True
            case cst.Assign(
                targets=[cst.AssignTarget(target=cst.Name(name) | cst.Attribute(attr=cst.Name(name)))]
            ):
                return name in _DESCRIBING
            case cst.AugAssign(target=cst.Name(name) | cst.Attribute(attr=cst.Name(name))):
                return name in _DESCRIBING
            case _:
                pass
        around = source.parent(around)
    return False
