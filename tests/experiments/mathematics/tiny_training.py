"""A program for the environment that trains: the tiniest experiment, stopped and gone on with.

It tells as JSON what it saw; the test beside it says what that has to be.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec
import torch

from rpsdg.experiments.mathematics import config
from rpsdg.experiments.mathematics.decoding import Writer
from rpsdg.experiments.mathematics.model import Transformer
from rpsdg.experiments.mathematics.process import Laboratory, trained
from rpsdg.experiments.mathematics.results import Places
from rpsdg.experiments.mathematics.rewarding import rewarded
from rpsdg.experiments.mathematics.tokens import END
from rpsdg.experiments.mathematics.training import Run

VERIFYING = config.Verifying((1,), 30_000, 0.5, 2, 2, 4, ("sign-kept-across",), batch=4)
EXPERIMENT = config.Experiment(
    "tiny",
    "Tiny",
    config.Problems(("linear-equation", "linear-inequality"), (1,), (2, 3), 60, 5, ("mathematics_dataset",)),
    config.Model(16, 2, 2, 60),
    config.Process(("answers", "tapes"), (1,), 8, 6, 1200, 1e-2, points=2),
    VERIFYING,
)


def main(folder: Path) -> None:
    """Train, and print what was seen."""
    torch.set_num_threads(1)
    whole, stopped = (Laboratory(EXPERIMENT, Places(folder / name, folder / name)) for name in ("a", "b"))
    at_once = {name: trained(whole, name, 1) for name in EXPERIMENT.process.arms}
    assert trained(stopped, "tapes", 1, saved_every=2, stop_after=5) is None
    steps_when_stopped = run_of(stopped).steps
    gone_on = trained(stopped, "tapes", 1)
    verified = rewarded(whole, VERIFYING, 1)
    print(
        json.dumps(
            {
                "at_once": msgspec.to_builtins(at_once["tapes"]),
                "gone_on": msgspec.to_builtins(gone_on),
                "answers": msgspec.to_builtins(at_once["answers"]),
                "steps_when_stopped": steps_when_stopped,
                "losses_at_once": run_of(whole).losses,
                "losses_gone_on": run_of(stopped).losses,
                "verified": msgspec.to_builtins(verified),
                "batched": batched_as_alone(),
            }
        )
    )


def run_of(laboratory: Laboratory) -> Run:
    """Return what the last checkpoint holds."""
    run = laboratory.fresh(1)
    run.load(laboratory.places.checkpoint("tapes", 1))
    return run


def batched_as_alone() -> bool:
    """Say whether solutions written together, with what was worked out kept, are those written one by one."""
    torch.manual_seed(3)
    model = Transformer(config.Model(16, 2, 2, 30), 12).eval()
    prompts = [[7, 8, 9, 5], [6], [10, 11, 5, 5, 6, 7, 8], [5, 6]]
    together = Writer(model, 30).write(prompts)
    for prompt, written in zip(prompts, together, strict=True):
        tokens = list(prompt)
        while len(tokens) < 30 and tokens[len(prompt) :][-1:] != [END]:
            scores, _ = model(torch.tensor([tokens]))
            tokens.append(int(scores[0, -1].argmax()))
        if tokens[len(prompt) :] != written:
            return False
    return True


if __name__ == "__main__":
    main(Path(sys.argv[1]))
