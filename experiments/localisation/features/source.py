"""What a statement is, and where it stands in its function."""

from __future__ import annotations

import ast
import math
from collections import Counter

from .columns import Columns, relative
from .views import Statement, View

__all__ = ["source_columns"]

_KINDS: dict[str, tuple[type[ast.AST], ...]] = {
    "return": (ast.Return,),
    "if": (ast.If, ast.match_case),
    "loop": (ast.For, ast.AsyncFor, ast.While),
    "assignment": (ast.Assign, ast.AnnAssign),
    "augmented assignment": (ast.AugAssign,),
    "expression": (ast.Expr,),
    "raise": (ast.Raise, ast.Assert),
    "try": (ast.Try, ast.ExceptHandler),
    "with": (ast.With, ast.AsyncWith),
    "jump": (ast.Break, ast.Continue, ast.Pass),
    "definition": (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom),
}
_PARTS: dict[str, tuple[type[ast.AST], ...]] = {
    "names": (ast.Name,),
    "attributes": (ast.Attribute,),
    "calls": (ast.Call,),
    "arguments": (ast.keyword,),
    "constants": (ast.Constant,),
    "comparisons": (ast.Compare,),
    "connectives": (ast.BoolOp,),
    "negations": (ast.Not, ast.USub),
    "operators": (ast.BinOp,),
    "subscripts": (ast.Subscript,),
    "collections": (ast.List, ast.Tuple, ast.Dict, ast.Set),
    "comprehensions": (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    "ternaries": (ast.IfExp,),
    "yields": (ast.Yield, ast.YieldFrom, ast.Await),
    "texts with values": (ast.JoinedStr,),
}


def source_columns(view: View) -> Columns:
    """Return kind, size and place of each statement."""
    counts = [_counts(statement) for statement in view.statements]
    columns: Columns = {f"is {kind}": [] for kind in _KINDS}
    for statement in view.statements:
        head = statement.nodes[0] if statement.nodes else None
        for kind, types in _KINDS.items():
            columns[f"is {kind}"].append(float(isinstance(head, types)))
    for part in _PARTS:
        columns[part] = [math.log1p(count[part]) for count in counts]
    sizes = [float(count["all"]) for count in counts]
    columns["size"] = [math.log1p(size) for size in sizes]
    columns["size, share of the largest"] = relative(sizes)
    columns["lines"] = [math.log1p(suspect.lines.bit_count()) for suspect in view.suspects]
    columns["depth"] = [float(statement.depth) for statement in view.statements]
    columns["ends its block"] = [float(statement.is_last) for statement in view.statements]
    columns["is under an if"] = [float(isinstance(s.parent, ast.If)) for s in view.statements]
    columns["is in a loop"] = [
        float(isinstance(s.parent, ast.For | ast.While | ast.AsyncFor)) for s in view.statements
    ]
    columns["is in a function"] = [float(bool(s.function.name)) for s in view.statements]
    columns["is in a special method"] = [float(s.function.name.endswith("__")) for s in view.statements]
    columns["is in a private function"] = [
        float(s.function.name.rpartition(".")[2].startswith("_")) for s in view.statements
    ]
    return columns | _in_function(view)


def _counts(statement: Statement) -> Counter[str]:
    found: Counter[str] = Counter()
    for node in statement.parts():
        found["all"] += not isinstance(node, ast.expr_context)
        for part, types in _PARTS.items():
            found[part] += isinstance(node, types)
    return found


def _in_function(view: View) -> Columns:
    count = len(view.suspects)
    place_in, size, ran, first, last = ([0.0] * count for _ in range(5))
    for places in view.functions.values():
        for number, place in enumerate(places):
            function = view.statements[place].function
            length = function.last - function.first + 1
            place_in[place] = (view.suspects[place].first - function.first) / length
            size[place] = math.log1p(length)
            ran[place] = math.log1p(len(places))
            first[place], last[place] = float(number == 0), float(number == len(places) - 1)
    return {
        "place in its function": place_in,
        "lines of its function": size,
        "statements of its function that ran": ran,
        "share of all that ran in its function": [math.expm1(value) / count for value in ran],
        "is the first that ran of its function": first,
        "is the last that ran of its function": last,
    }
