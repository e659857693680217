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


def _logistic(strictness: float) -> Callable[[int], list[Any]]:
    def made(seed: int) -> list[Any]:
        return [
            make_pipeline(
                StandardScaler(), LogisticRegression(C=1 / strictness, max_iter=2000, random_state=seed)
            )
        ]

    return made


def _boosted(leaves: int) -> Callable[[int], list[Any]]:
    def made(seed: int) -> list[Any]:
        return [
            HistGradientBoostingClassifier(
                learning_rate=0.05,
                max_iter=100,
                max_leaf_nodes=leaves,
                min_samples_leaf=40,
                l2_regularization=1.0,
                max_features=0.3,
                early_stopping=False,
                random_state=seed,
            )
        ]

    return made


def _both(seed: int) -> list[Any]:
    return _logistic(100)(seed) + _boosted(8)(seed)


MODELS: dict[str, Callable[[int], list[Any]]] = {
    "logistic regression (1/C = 10)": _logistic(10),
    "logistic regression (1/C = 100)": _logistic(100),
    "boosted trees of 4 leaves": _boosted(4),
    "boosted trees of 8 leaves": _boosted(8),
    "the mean of regression and trees": _both,
}
"""Between which cross-validation on injected bugs chooses; each is made for a seed, of classifiers whose
opinions are averaged."""


class Localiser(NamedTuple):
    """A trained model."""

    models: list[Any]

    def standing(self, example: Example) -> Standing:
        """Return where the first faulty suspect of a bug stands."""
        opinions = [model.predict_proba(example.rows)[:, 1] for model in self.models]
        return standing(np.mean(opinions, axis=0).tolist(), example.faulty)


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
    rows = np.concatenate([one.rows for one in usable])
    marks, weights = zip(*map(_marked, usable), strict=True)
    made = MODELS[model](seed)
    for one in made:
        steps = getattr(one, "steps", None)  # of a pipeline, the last one learns
        name = f"{steps[-1][0]}__sample_weight" if steps else "sample_weight"
        one.fit(rows, np.concatenate(marks), **{name: np.concatenate(weights)})
    return Localiser(made)


def _marked(example: Example) -> tuple[NDArray[np.int64], Numbers]:
    """Return the truth about each suspect and how much it counts: 1 for the whole bug."""
    count, faulty = len(example.rows), len(example.faulty)
    mark = np.zeros(count, dtype=np.int64)
    mark[list(example.faulty)] = 1
    return mark, np.where(mark == 1, 0.5 / faulty, 0.5 / (count - faulty))
