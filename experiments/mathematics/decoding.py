"""Solutions that a model writes: many at once, with keys and values kept, each until its own end."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from .model import BEFORE, Cache, Transformer
from .tokens import END, PAD

__all__ = ["Writer"]


class Writer:
    """Writes on from prompts.

    Args:
        model: that writes.
        context: tokens, at most, of a prompt with what is written behind it.
        batch: how many solutions are written at once.
    """

    def __init__(self, model: Transformer, context: int, batch: int = 256) -> None:
        self.model, self.context, self.batch = model, context, batch
        self.tokens = 0
        """Tokens that went through the model so far, what is only filled up not counted."""

    @torch.no_grad()
    def write(self, prompts: Sequence[Sequence[int]], warmth: float = 0.0, seed: int = 0) -> list[list[int]]:
        """Return what the model writes after each prompt, with the end mark if it came to one.

        Args:
            prompts: tokens to go on from.
            warmth: the temperature of sampling; 0 takes the likeliest token.
            seed: of the samples.
        """
        self.model.eval()
        device = next(self.model.parameters()).device
        chance = torch.Generator(device).manual_seed(seed)
        written: list[list[int]] = [[] for _ in prompts]
        order = sorted(range(len(prompts)), key=lambda number: len(prompts[number]))
        for start in range(0, len(order), self.batch):
            chosen = order[start : start + self.batch]
            for number, tokens in zip(
                chosen, self._together([prompts[n] for n in chosen], warmth, chance), strict=True
            ):
                written[number] = tokens
        return written

    def _together(
        self, prompts: list[Sequence[int]], warmth: float, chance: torch.Generator
    ) -> list[list[int]]:
        device = chance.device
        longest = max(map(len, prompts))
        # Filled up on the left, so that all go on at the same place.
        filled = torch.full((len(prompts), longest), PAD, device=device)
        for row, prompt in enumerate(prompts):
            filled[row, longest - len(prompt) :] = torch.tensor(prompt, device=device)
        gaps = torch.tensor([longest - len(prompt) for prompt in prompts], device=device)
        places = (torch.arange(longest, device=device)[None] - gaps[:, None]).clamp(min=0)
        real = torch.arange(longest, device=device)[None] >= gaps[:, None]
        causal = torch.ones(longest, longest, dtype=torch.bool, device=device).tril()
        # A gap sees itself, or it would have nothing to see.
        mask = (causal & real[:, None, :]) | torch.eye(longest, dtype=torch.bool, device=device)
        scores, past = self.model(filled, places, mask=mask[:, None])
        self.tokens += int(real.sum())
        written: list[list[int]] = [[] for _ in prompts]
        rows = torch.arange(len(prompts), device=device)
        before = torch.nn.functional.pad(filled, (BEFORE, 0), value=PAD)[:, -BEFORE:]
        step = 0
        while True:
            token = _chosen(scores[:, -1], warmth, chance)
            for row, one in zip(rows.tolist(), token.tolist(), strict=True):
                written[row].append(one)
            step += 1
            goes_on = (token != END) & (longest - gaps[rows] + step < self.context)
            if not goes_on.any():
                return written
            if not goes_on.all():  # those that ended are no longer worked on
                rows, token, real = rows[goes_on], token[goes_on], real[goes_on]
                past, before = _kept(past, goes_on), before[goes_on]
            real = torch.cat((real, real.new_ones(len(rows), 1)), 1)
            places = (longest - gaps[rows] + step - 1)[:, None]
            scores, past = self.model(token[:, None], places, before, past, real[:, None, None])
            before = torch.cat((before[:, 1:], token[:, None]), 1)
            self.tokens += len(rows)


def _chosen(scores: torch.Tensor, warmth: float, chance: torch.Generator) -> torch.Tensor:
    if not warmth:
        return scores.argmax(-1)
    return torch.multinomial((scores / warmth).softmax(-1), 1, generator=chance)[:, 0]


def _kept(past: Cache, rows: torch.Tensor) -> Cache:
    return [(key[rows], value[rows]) for key, value in past]
