"""A verifier of steps: the transformer's body with one score behind each step, how likely it is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from .config import Model, Verifying
from .labelling import Labelled, step_ends
from .model import Transformer
from .tokens import PAD
from .training import Run, batches

__all__ = ["TRAINING_COST", "Verifier", "first_error_of"]

TRAINING_COST = 3
"""What a token costs that is trained on: backwards is twice as much as forwards, which costs 1."""
_RIGHT_FROM = 0.5
_PART = 64
_SEEDS_APART = 1_000
"""So that a verifier does not begin with the weights of the generator."""


class Verifier:
    """Judges the steps of solutions.

    Args:
        size: of its transformer.
        tokens: how many different ones there are.
        plan: how it is trained.
        seed: of its weights and of the order of solutions.
    """

    def __init__(self, size: Model, tokens: int, plan: Verifying, seed: int) -> None:
        torch.manual_seed(seed + _SEEDS_APART)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.run = Run(Transformer(size, tokens, 1).to(self.device), plan.rate)
        self.size, self.plan, self.seed = size, plan, seed

    def train(self, solutions: Sequence[Labelled], cost: int) -> None:
        """Train on labelled solutions, as often as a cost allows."""
        solutions = [one for one in solutions if len(one.tokens) <= self.size.context]
        for numbers in batches(len(solutions), self.plan.batch, self.seed):
            batch = [solutions[number] for number in numbers]
            tokens = sum(len(one.tokens) for one in batch)
            if (self.run.tokens + tokens) * TRAINING_COST > cost:
                return
            self.run.step(self._losses(batch), tokens)

    def _losses(self, batch: Sequence[Labelled]) -> Iterator[Tensor]:
        total = sum(len(one.labels) for one in batch)
        for at in range(0, len(batch), _PART):
            part = batch[at : at + _PART]
            scores = self._scores([one.tokens for one in part], self.run.model)
            wanted = torch.tensor([label for one in part for label in one.labels], device=self.device)
            loss = functional.binary_cross_entropy_with_logits(torch.cat(scores), wanted, reduction="sum")
            yield loss / total

    def _scores(self, solutions: Sequence[Sequence[int]], model: torch.nn.Module) -> list[Tensor]:
        shown = [solution[: self.size.context] for solution in solutions]
        filled = torch.full((len(shown), max(map(len, shown))), PAD, device=self.device)
        for row, tokens in enumerate(shown):
            filled[row, : len(tokens)] = torch.tensor(tokens, device=self.device)
        scores, _ = model(filled)
        return [scores[row, step_ends(tokens), 0] for row, tokens in enumerate(shown)]

    @torch.no_grad()
    def judge(self, solutions: Sequence[Sequence[int]]) -> list[list[float]]:
        """Return for each step of each solution how likely it is right."""
        judged: list[list[float]] = []
        for at in range(0, len(solutions), _PART):
            scores = self._scores(solutions[at : at + _PART], self.run.mean)
            judged.extend(row.sigmoid().tolist() for row in scores)
        return judged


def first_error_of(promised: Sequence[float]) -> int | None:
    """Return the number of the first step that is rather wrong than right; None if there is none."""
    return next((number for number, promise in enumerate(promised) if promise < _RIGHT_FROM), None)
