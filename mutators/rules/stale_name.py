"""Values that are read as they were before a step, not as that step left them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.bindings import Binding, Function, functions, use
from rpsdg.mutators.reading.kinds import clashing, kinds
from rpsdg.mutators.reading.likeness import is_plural, spelling
from rpsdg.mutators.reading.repetition import repeats
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["StaleName"]

_LEAST_SPELLING = 0.3
_OTHER_THINGS = frozenset(
    {"len", "id", "hash", "ord", "type", "iter", "next", "open", "sum", "any", "all", "getattr", "isinstance"}
    | {"pop", "index", "find", "rfind", "count", "setdefault", "group", "groups", "hasattr", "super"}
)
"""Functions and methods that give something about a value, or out of it, rather than that value again."""


class StaleName(Mutator):
    """Read a stale value: after `y = f(x)`, one of the places that need `y` still takes `x`.

    Plants
        A value that has not been cleaned, converted or resolved, beside places that use the one that has.
    Shows as
        Inputs that the step leaves as they are work; the others are treated in two ways at once.
    """

    family = "names"
    sample = Sample(
        before="def register(users, name):\n    clean = name.strip()\n    if clean in users:\n"
        "        return False\n    users.append(clean)\n    return True\n",
        after="def register(users, name):\n    clean = name.strip()\n    if clean in users:\n"
        "        return False\n    users.append(name)\n    return True\n",
        test="def test_blanks_go():\n    users = []\n    assert register(users, ' ann')\n"
        "    assert users == ['ann']\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for function in functions(source):
            steps = {b.binder: b for b in function.bindings if isinstance(b.binder, cst.Assign)}
            origins = {b: x for b in steps.values() if (x := _origin(source, function, b)) is not None}
            if not origins:
                continue
            reads = Counter(name.value for name in function.reads)
            for name in function.reads:
                if reads[name.value] < 2:
                    continue  # nothing would be left to use the new value
                for other in _stale(source, function, name, origins):
                    if not repeats(source, name, other.encode()):
                        yield source.replace(name, other.encode())

    def explain(self) -> str:
        return f"The value is read as it was before: write {shown(self.old)}, not {shown(self.new)}."


def _origin(source: Source, function: Function, step: Binding) -> Binding | None:
    """Return the variable that an assignment makes its value from, when there is just one."""
    match step.binder:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name())], value=cst.Call() as call):
            found = _made_from(call)
        case _:
            return None
    if found is None or found.value in {step.name, "self", "cls"} or _is_other_thing(call):
        return None
    mentioned = {node.value for node in descendants(call) if isinstance(node, cst.Name)}
    before = {binding.name: binding for binding in function.visible(source.span(found)[0])}
    return before.get(found.value) if step.name not in mentioned else None


def _is_other_thing(call: cst.Call) -> bool:
    match call.func:
        case cst.Name(name) | cst.Attribute(attr=cst.Name(name)):
            return name in _OTHER_THINGS or name.lstrip("_").startswith(("get", "is_", "has_", "find_"))
        case _:
            return False


def _made_from(call: cst.Call) -> cst.Name | None:
    """Return `x` of `f(x)`, `f(x, 1)`, `x.f()` and `x.f().g()`."""
    match call:
        case cst.Call(func=cst.Name(), args=[cst.Arg(value=cst.Name() as name, star=""), *_]):
            return name
        case cst.Call(
            func=cst.Attribute(value=cst.Name(owner)), args=[cst.Arg(value=cst.Name() as name, star="")]
        ):
            return name if owner != name.value else None
        case cst.Call(func=cst.Attribute(value=cst.Name() as name)):
            return name
        case cst.Call(func=cst.Attribute(value=cst.Call() as inner)):
            return _made_from(inner)
        case _:
            return None


def _stale(
    source: Source, function: Function, name: cst.Name, origins: dict[Binding, Binding]
) -> Iterator[str]:
    """Yield the variable that `name` was made from, if it still holds what it held then."""
    visible = {binding.name: binding for binding in function.visible(source.span(name)[0])}
    origin = origins.get(visible[name.value]) if name.value in visible else None
    if origin is None or visible.get(origin.name) != origin:
        return
    types = kinds(source, function)
    if clashing(types[name.value], types[origin.name]) or is_plural(name.value, origin.name):
        return
    here, uses = use(source, name), function.uses.get(origin.name, frozenset())
    if here == "called" or (here.startswith(".") and here not in uses):
        return
    known = types[name.value] and not clashing(types[name.value], types[origin.name]) and types[origin.name]
    if known or spelling(name.value, origin.name) >= _LEAST_SPELLING:
        yield origin.name
