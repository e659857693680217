"""Localisers that learn, by scikit-learn; imported only where something is trained.

A model is shown the suspects of many bugs, each with a mark whether it is faulty. Every bug weighs the same,
and in it the faulty suspects as much as all others, so that neither large programs nor long lists count for
more. The classifier's opinion of a suspect is its suspicion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rpsdg.traces.errors import ExitCode, RpsdgError

from .features import table_of
from .ranking import Standing, standing
from .records import Spectrum
from .suspects import faulty_places

__all__ = ["MODELS", "Example", "Localiser", "NothingToLearnError", "example_of", "train"]

Numbers = NDArray[np.float64]


class NothingToLearnError(RpsdgError):
    """Too few bugs could be put into programs."""

    code = ExitCode.EXHAUSTED


class Example(NamedTuple):
    """A bug in numbers."""

    bug: str
    rows: Numbers
    """The features of each suspect."""
    faulty: tuple[int, ...]
    """Places of the faulty ones: what is learned, and what ranks are judged by."""


def example_of(spectrum: Spectrum) -> Example:
    """Return a bug in numbers; the columns come in the same order for every bug."""
    table = table_of(spectrum)
    rows = np.array([table.columns[name] for name in sorted(table.columns)], dtype=np.float64).T
    return Example(spectrum.bug, rows, tuple(faulty_places(spectrum, table.suspects)))


def _logistic(seed: int) -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=1000, random_state=seed))


def _boosted(leaves: int) -> Callable[[int], Any]:
    def made(seed: int) -> Any:
        return HistGradientBoostingClassifier(
            learning_rate=0.05,
            max_iter=200,
            max_leaf_nodes=leaves,
            min_samples_leaf=40,
            l2_regularization=1.0,
            max_features=0.3,
            early_stopping=False,
            random_state=seed,
        )

    return made


MODELS: dict[str, Callable[[int], Any]] = {
    "logistic regression": _logistic,
    "boosted trees of 4 leaves": _boosted(4),
    "boosted trees of 16 leaves": _boosted(16),
}
"""Between which cross-validation on injected bugs chooses; each is made for a seed."""


class Localiser(NamedTuple):
    """A trained model."""

    model: Any

    def standing(self, example: Example) -> Standing:
        """Return where the first faulty suspect of a bug stands."""
        scores = self.model.predict_proba(example.rows)[:, 1].tolist()
        return standing(scores, example.faulty)


def train(examples: Sequence[Example], model: str, seed: int) -> Localiser:
    """Return a localiser that learned from some bugs; the same bugs and seed give the same one.

    Raises:
        NothingToLearnError: there is nothing to tell apart in any of them.
    """
    usable = [one for one in examples if 0 < len(one.faulty) < len(one.rows)]
    if not usable:
        raise NothingToLearnError(
            f"of the {len(examples)} bugs to learn from none has both faulty suspects and others",
            hint="Have more bugs put into more programs: [training] of the plan says how many.",
        )
    marks, weights = [], []
    for one in usable:
        mark = np.zeros(len(one.rows), dtype=np.int64)
        mark[list(one.faulty)] = 1
        faulty = len(one.faulty)
        weights.append(np.where(mark == 1, 0.5 / faulty, 0.5 / (len(mark) - faulty)))
        marks.append(mark)
    rows, marked = np.concatenate([one.rows for one in usable]), np.concatenate(marks)
    # Weights of 1 on average: regularisation is meant for such.
    weight = np.concatenate(weights)
    weight *= len(weight) / weight.sum()
    made = MODELS[model](seed)
    last = getattr(made, "steps", None)
    made.fit(rows, marked, **{f"{last[-1][0]}__sample_weight" if last else "sample_weight": weight})
    return Localiser(made)
