"""Training with a fixed rate, so that one run can be looked at after any number of steps or tokens.

What is looked at is a running mean of the weights, which is what a falling rate would lead to. A run that is
stopped goes on from its last checkpoint and makes the very same steps as one that was not.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .tokens import PAD

__all__ = ["Example", "Run", "batches", "next_token_loss", "padded"]

Example = tuple[list[int], list[bool]]
"""Tokens, and which of them are trained on."""
_WARM_UP = 100
"""Optimiser steps until the rate is reached."""
_KEPT = 0.98
"""The weight of what was in the running mean; early on less."""
_WEIGHT_DECAY = 0.01
_PART = 16
"""Examples that go through the model at once."""


@dataclass
class Run:
    """A model in training."""

    model: nn.Module
    rate: float
    steps: int = 0
    tokens: int = 0
    """That were seen, questions counted, gaps not."""
    losses: list[float] = field(default_factory=list)
    """Of every step."""

    def __post_init__(self) -> None:
        self.mean = copy.deepcopy(self.model)
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(), lr=self.rate, betas=(0.9, 0.98), weight_decay=_WEIGHT_DECAY
        )

    def step(self, losses: Iterable[Tensor], tokens: int) -> None:
        """Make an optimiser step down a sum of losses that so many tokens were looked at for."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * min(1.0, (self.steps + 1) / _WARM_UP)
        self.optimiser.zero_grad()
        total = 0.0
        for loss in losses:
            loss.backward()
            total += float(loss.detach())
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.steps += 1
        self.tokens += tokens
        self.losses.append(round(total, 5))
        kept = min(_KEPT, self.steps / (self.steps + 10))
        with torch.no_grad():
            for mean, now in zip(self.mean.parameters(), self.model.parameters(), strict=True):
                mean.lerp_(now, 1 - kept)

    def save(self, path: Path, **more: Any) -> None:
        """Write everything that is needed to go on; a run that is stopped while it writes keeps the older."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        torch.save(
            {
                "model": self.model.state_dict(),
                "mean": self.mean.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "counts": (self.steps, self.tokens, self.losses),
                "more": more,
            },
            fresh,
        )
        fresh.replace(path)

    def load(self, path: Path) -> dict[str, Any]:
        """Go on from what was saved, and return what was saved beside it; {} if there is nothing."""
        if not path.exists():
            return {}
        saved = torch.load(path, weights_only=True)
        self.model.load_state_dict(saved["model"])
        self.mean.load_state_dict(saved["mean"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.steps, self.tokens, self.losses = saved["counts"]
        return dict(saved["more"])


def batches(
    count: int, size: int, seed: int, levels: Sequence[int] | None = None, over: int = 0
) -> Iterator[list[int]]:
    """Yield the numbers of the problems of batches without end, each round in another order.

    Args:
        count: how many problems there are.
        size: of a batch.
        seed: of the orders. Equal seeds draw equal problems, however they are told.
        levels: of each problem, where the easy ones are to come first.
        over: so many batches are ordered by level: the problems that would have been in them at random.
    """
    drawn = _drawn(count, seed)
    if levels is not None:
        first = sorted(islice(drawn, over * size), key=levels.__getitem__)
        yield from (first[at : at + size] for at in range(0, len(first), size))
    while True:
        yield list(islice(drawn, size))


def _drawn(count: int, seed: int) -> Iterator[int]:
    rng = Random(seed)
    while True:
        order = list(range(count))
        rng.shuffle(order)
        yield from order


def padded(batch: Sequence[Example], context: int) -> tuple[Tensor, Tensor]:
    """Return tokens, and what is to come next with -100 where that is not trained on."""
    longest = min(context, max(len(tokens) for tokens, _ in batch))
    ids = torch.full((len(batch), longest), PAD)
    wanted = torch.full((len(batch), longest), -100)
    for row, (tokens, trained) in enumerate(batch):
        length = min(longest, len(tokens))
        ids[row, :length] = torch.tensor(tokens[:length])
        wanted[row, :length] = torch.tensor(
            [token if is_trained else -100 for token, is_trained in zip(tokens, trained, strict=True)][
                :length
            ]
        )
    return ids[:, :-1], wanted[:, 1:]


def next_token_loss(model: nn.Module, batch: Sequence[Example], context: int) -> Iterator[Tensor]:
    """Yield losses whose sum is the mean loss of the tokens that are trained on.

    They are of parts of the batch with about equal lengths, since gaps cost as much as tokens.
    """
    device = next(model.parameters()).device
    batch = sorted(batch, key=lambda example: len(example[0]))
    total = sum(sum(trained[:context]) for _, trained in batch)
    for at in range(0, len(batch), _PART):
        ids, wanted = (part.to(device) for part in padded(batch[at : at + _PART], context))
        scores, _ = model(ids)
        yield (
            functional.cross_entropy(
                scores.flatten(0, 1), wanted.flatten(), ignore_index=-100, reduction="sum"
            )
            / total
        )
