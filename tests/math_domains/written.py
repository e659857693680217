"""Trees for hypothesis: everything a person could write, and what is true of it."""

from __future__ import annotations

from hypothesis import strategies as st

from rpsdg.math_domains.trees import Tree, add, mul, neg

SYMBOLS = st.sampled_from(["x", "y", "theta"])
LEAVES = st.one_of(st.integers(-12, 12), SYMBOLS, st.just("pi"))


def _nodes(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(inner.filter(bool), min_size=2, max_size=4)
    return st.one_of(
        several.map(lambda parts: add(*parts)),
        several.map(lambda parts: mul(*parts)),
        st.tuples(st.just("/"), inner, inner.filter(bool)),
        st.tuples(st.just("^"), inner, st.integers(2, 4)),
        inner.map(neg),
        st.tuples(st.sampled_from(["sin", "cos", "exp", "atan", "abs"]), inner),
    )


EXPRESSIONS = st.recursive(LEAVES, _nodes, max_leaves=12)
EQUATIONS = st.tuples(st.just("="), EXPRESSIONS, EXPRESSIONS)


def _rational_nodes(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(inner.filter(bool), min_size=2, max_size=3)
    return st.one_of(
        several.map(lambda parts: add(*parts)),
        several.map(lambda parts: mul(*parts)),
        st.tuples(st.just("/"), inner, inner.filter(bool)),
        st.tuples(st.just("^"), inner, st.integers(2, 3)),
        inner.map(neg),
    )


RATIONAL = st.recursive(st.one_of(st.integers(-9, 9), st.just("x")), _rational_nodes, max_leaves=8)


def _built(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.tuples(st.sampled_from(["+", "*"]), several).map(lambda pair: (pair[0], *pair[1])),
        st.tuples(st.sampled_from(["/", "^", "=", "<"]), inner, inner),
        st.tuples(st.sampled_from(["neg", "neg", "sin"]), inner),
        st.tuples(st.just("int"), inner, st.just("x")),
    )


AS_BUILT = st.recursive(st.one_of(st.integers(-3, 3), SYMBOLS), _built, max_leaves=8)
"""Trees of bare tuples, many of which nobody would write like that."""
