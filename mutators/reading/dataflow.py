"""What a statement reads, and what it changes."""

from __future__ import annotations

import libcst as cst

from .source import Source, descendants

__all__ = ["reads", "writes"]


def reads(source: Source, node: cst.CSTNode) -> set[bytes]:
    """Return the names, attributes and items that an expression or a simple statement reads."""
    return {
        source.text(part)
        for part in descendants(node)
        if (isinstance(part, cst.Attribute | cst.Subscript) and not _is_written(source, part))
        or (isinstance(part, cst.Name) and not _is_written(source, part) and not _is_label(source, part))
    }


def writes(source: Source, node: cst.CSTNode) -> set[bytes]:
    """Return what is bound, changed or deleted in `node`; a method may change the object it is called on."""
    found: set[bytes] = set()
    for part in descendants(node):
        match part:
            case cst.Name() | cst.Attribute() | cst.Subscript():
                if source.is_target(part):
                    found.add(source.text(part))
                if isinstance(part, cst.Subscript) and source.is_target(part):
                    found.add(source.text(part.value))
            case cst.Expr(value=cst.Call(func=cst.Attribute(value=owner))):
                found.add(source.text(owner))
    return found


def _is_written(source: Source, node: cst.CSTNode) -> bool:
    """Say whether `node` is a target and nothing but one, or the object of which an attribute is set."""
    around = source.parent(node)
    while isinstance(around, cst.Attribute) and around.value is node:
        node, around = around, source.parent(around)
    return source.is_target(node) and not isinstance(source.holder(node)[1], cst.AugAssign)


def _is_label(source: Source, name: cst.Name) -> bool:
    around = source.parent(name)
    match around:
        case cst.Attribute(attr=label) | cst.Arg(keyword=label):
            return label is name
        case _:
            return False
