"""What tests say of a statement by running it or not."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from rpsdg.experiments.localisation.formulas import FORMULAS

from .columns import Columns, place_shares, relative, tie_shares
from .views import View

__all__ = ["spectral_columns"]


def spectral_columns(view: View) -> Columns:
    """Return counts, formulas, and how a statement stands beside those around it."""
    failing, passing = len(view.failing), view.passing
    pairs = [(one.ef, one.ep) for one in view.suspects]
    columns: Columns = {
        "share of failing tests": [ef / failing for ef, _ in pairs],
        "share of passing tests": [ep / max(1, passing) for _, ep in pairs],
        "passing tests": [math.log1p(ep) for _, ep in pairs],
        "run by no passing test": [float(not ep) for _, ep in pairs],
        "equal spectra": tie_shares([ef * (passing + 1) + ep for ef, ep in pairs]),
        "number of suspects": [math.log1p(len(pairs))] * len(pairs),
        "number of failing tests": [math.log1p(failing)] * len(pairs),
    }
    for name, formula in FORMULAS.items():
        scores = [min(formula(ef, ep, failing, passing), 1e9) for ef, ep in pairs]
        columns[f"{name}, rank"] = place_shares(scores)
        columns[f"{name}, log rank"] = [math.log(share * len(pairs) + 0.5) for share in place_shares(scores)]
        if name in {"Ochiai", "Tarantula"}:
            columns[name] = scores
            columns[f"{name}, share of the highest"] = relative(scores)
    ochiai = columns["Ochiai"]
    columns["best of its function"] = _by_function(view, ochiai, max)
    columns["mean of its function"] = _by_function(view, ochiai, lambda values: sum(values) / len(values))
    columns["rank of its function"] = place_shares(columns["mean of its function"])
    columns["is the best of its function"] = [
        float(one >= best) for one, best in zip(ochiai, columns["best of its function"], strict=True)
    ]
    columns |= _beside(view, passing)
    return columns


def _by_function(view: View, values: list[float], how: Callable[[list[float]], float]) -> list[float]:
    found = [0.0] * len(values)
    for places in view.functions.values():
        value = how([values[place] for place in places])
        for place in places:
            found[place] = value
    return found


def _beside(view: View, passing: int) -> Columns:
    """Return how the numbers of passing tests change from statement to statement of a function."""
    count = len(view.suspects)
    above, below, inside = [0.0] * count, [0.0] * count, [0.0] * count
    for places in view.functions.values():
        most = max(view.suspects[place].ep for place in places)
        for upper, lower in pairwise(places):
            drop = (view.suspects[upper].ep - view.suspects[lower].ep) / max(1, passing)
            below[upper] = above[lower] = drop
        for place in places:
            inside[place] = view.suspects[place].ep / most if most else 1.0
    return {
        "fewer passing tests than above": above,
        "more passing tests than below": below,
        "share of the passing tests of its function": inside,
    }
