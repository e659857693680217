"""A decoder-only transformer, as plain as it can be written, with two things that make it learn sooner.

Places are told apart by rotations of queries and keys, which know distances alone, so that solutions longer
than any in training hold little that is new. A place is given the two tokens before it as well as its own:
most of a tape is copied from the line before, and what copies has to find "the place behind the token that I
am at". Without that, small models take millions of tokens until they find out how to look there.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import Model
from .tokens import PAD

__all__ = ["BEFORE", "Cache", "Transformer"]

BEFORE = 2
"""How many tokens before its own a place is given."""

Cache = list[tuple[Tensor, Tensor]]
"""Keys and values of every layer, batch x heads x places x width of a head."""


class _Block(nn.Module):
    """Attention to what came before, then two layers on each place by itself."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_in, self.norm_mid = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attend, self.merge = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(
        self, x: Tensor, turn: tuple[Tensor, Tensor], past: tuple[Tensor, Tensor] | None, mask: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        batch, places, width = x.shape
        parts = self.attend(self.norm_in(x)).view(batch, places, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        query, key = _turned(query, turn), _turned(key, turn)
        if past is not None:
            key, value = torch.cat((past[0], key), 2), torch.cat((past[1], value), 2)
        seen = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, is_causal=mask is None and places > 1
        )
        x = x + self.merge(seen.transpose(1, 2).reshape(batch, places, width))
        return x + self.narrow(functional.gelu(self.widen(self.norm_mid(x)))), (key, value)


def _turned(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    cosine, sine = turn
    left, right = x.chunk(2, -1)
    return torch.cat((left * cosine - right * sine, left * sine + right * cosine), -1)


class Transformer(nn.Module):
    """Gives for every place a score to each token that may come next.

    Args:
        size: of the model.
        tokens: how many different ones there are.
        outputs: how many scores each place gets; one for each token if not given.
    """

    def __init__(self, size: Model, tokens: int, outputs: int | None = None) -> None:
        super().__init__()
        # One for a token where it stands, and one each for the places one and two behind it.
        self.embeddings = nn.ModuleList(nn.Embedding(tokens, size.width, PAD) for _ in range(BEFORE + 1))
        self.blocks = nn.ModuleList(_Block(size.width, size.heads) for _ in range(size.layers))
        self.norm = nn.LayerNorm(size.width)
        self.head = nn.Linear(size.width, outputs or tokens, bias=outputs is not None)
        for embedding in self.embeddings:
            embedding.weight.data *= size.width**-0.5
        for block in self.blocks:  # what layers add stays small however many there are
            for last in (block.merge, block.narrow):
                last.weight.data *= (2 * size.layers) ** -0.5
        self.half = size.width // size.heads // 2

    def forward(
        self,
        tokens: Tensor,
        places: Tensor | None = None,
        before: Tensor | None = None,
        past: Cache | None = None,
        mask: Tensor | None = None,
    ) -> tuple[Tensor, Cache]:
        """Return the scores, and the keys and values to go on with.

        Args:
            tokens: batch x places.
            places: where each of them stands, batch x places; from 0 if not given.
            before: the two tokens before the first, batch x 2; none if not given.
            past: keys and values of all that went before.
            mask: what may be seen from where, where that is not simply all that went before.
        """
        if places is None:
            places = torch.arange(tokens.shape[1], device=tokens.device)[None]
        speeds = 10_000 ** -(torch.arange(self.half, device=tokens.device) / self.half)
        angles = (places[..., None] * speeds)[:, None]
        turn = (angles.cos(), angles.sin())
        if before is None:
            before = tokens.new_full((len(tokens), BEFORE), PAD)
        known, length = torch.cat((before, tokens), 1), tokens.shape[1]
        shifted = (known[:, BEFORE - back : BEFORE - back + length] for back in range(BEFORE + 1))
        x = sum(embedding(part) for embedding, part in zip(self.embeddings, shifted, strict=True))
        kept = []
        for number, block in enumerate(self.blocks):
            x, new = block(x, turn, None if past is None else past[number], mask)
            kept.append(new)
        return self.head(self.norm(x)), kept
