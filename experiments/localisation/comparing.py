"""Localisers that learned from one mixture or another, and those that learned nothing, on the same bugs.

Which model learns is chosen on injected bugs alone: each program's bugs are ranked by models that were
trained on the bugs of the other programs. Real bugs are ranked when all has been decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING

from .formulas import FORMULAS
from .ranking import Standing, standing
from .records import Spectrum
from .results import Choice, Place, SeedResult, place_of
from .suspects import faulty_places, suspects_of

if TYPE_CHECKING:
    from .learning import Example

__all__ = ["RANDOM", "choose", "compare", "sample", "unlearned"]

RANDOM = "random"
_SEED = 0
"""Of the models that are chosen from."""

ByProgram = Mapping[str, Sequence["Example"]]


def unlearned(spectrum: Spectrum) -> tuple[int, int, dict[str, Place]]:
    """Return how many suspects there are, how many are faulty, and where formulas put them."""
    suspects = suspects_of(spectrum)
    faulty = faulty_places(spectrum, suspects)
    failing = len(spectrum.failing)
    found = {RANDOM: place_of(standing([0.0] * len(suspects), faulty))}
    for name, formula in FORMULAS.items():
        scores = [formula(one.ef, one.ep, failing, spectrum.passing) for one in suspects]
        found[name] = place_of(standing(scores, faulty))
    return len(suspects), len(faulty), found


def choose(digest: str, mixture: str, bugs: ByProgram, numbers: Mapping[str, int]) -> Choice:
    """Return which model finds most in programs that it was not trained on.

    Args:
        digest: of everything that goes in.
        mixture: name of it.
        bugs: injected ones, by program.
        numbers: of bugs that are trained on, by program.
    """
    from .learning import MODELS

    found = {}
    for model in MODELS:
        ranked = _held_out(bugs, numbers, model, _SEED).values()
        found[model] = sum(one.reciprocal for one in ranked) / max(1, len(ranked))
    return Choice(digest, mixture, found, max(found, key=lambda model: found[model]))


def compare(
    choice: Choice, seed: int, bugs: ByProgram, numbers: Mapping[str, int], real: Sequence[Example]
) -> SeedResult:
    """Train on injected bugs and rank real ones; and those of each program, trained without it.

    Args:
        choice: the mixture, and what learns from it.
        seed: of the sample that is trained on, and of the model.
        bugs: injected ones, by program.
        numbers: of bugs that are trained on, by program.
        real: bugs that nothing was chosen by.
    """
    from .learning import train

    examples = sample(bugs, numbers, seed)
    localiser = train(examples, choice.chosen, seed)
    held_out = _held_out(bugs, numbers, choice.chosen, seed)
    return SeedResult(
        choice.digest,
        choice.mixture,
        seed,
        len(examples),
        {one.bug: place_of(localiser.standing(one)) for one in real},
        {bug: place_of(one) for bug, one in held_out.items()},
    )


def sample(bugs: ByProgram, numbers: Mapping[str, int], seed: int) -> list[Example]:
    """Draw the bugs that are trained on: of each program as many as are asked for, whatever the mixture."""
    rng = Random(seed)
    drawn = []
    for program in sorted(bugs):
        listed = sorted(bugs[program], key=lambda one: one.bug)
        drawn += rng.sample(listed, min(numbers[program], len(listed)))
    return drawn


def _held_out(bugs: ByProgram, numbers: Mapping[str, int], model: str, seed: int) -> dict[str, Standing]:
    from .learning import train

    found = {}
    for program, held_out in bugs.items():
        rest = {name: listed for name, listed in bugs.items() if name != program}
        localiser = train(sample(rest, numbers, seed), model, seed)
        found.update({one.bug: localiser.standing(one) for one in held_out})
    return found
