"""Load an export with `datasets`, hand it to one of TRL's trainers, and make one step of optimisation.

Arguments: the trainer (sft, dpo, kto or prm), the exported file, and a folder to work in.
"""

from __future__ import annotations

import sys
from typing import Any

from datasets import load_dataset
from results import tell
from tiny import ONE_STEP, language_model, step_model, tokenizer_for, trained


def _trainer(kind: str, data: Any, tokenizer: Any, folder: str) -> Any:
    common: dict[str, Any] = {"train_dataset": data, "processing_class": tokenizer}
    if kind == "prm":
        from trl.experimental.prm import PRMConfig, PRMTrainer

        return PRMTrainer(step_model(tokenizer), PRMConfig(folder, **ONE_STEP), **common)
    import trl

    trainers = {
        "sft": (trl.SFTTrainer, trl.SFTConfig),
        "dpo": (trl.DPOTrainer, trl.DPOConfig),
        "kto": (trl.KTOTrainer, trl.KTOConfig),
    }
    trainer, config = trainers[kind]
    return trainer(language_model(tokenizer, folder), args=config(folder, **ONE_STEP), **common)


def main() -> None:
    """Do it."""
    kind, file, folder = sys.argv[1:]
    data = load_dataset("json", data_files=file, split="train", cache_dir=f"{folder}/cache")
    tokenizer = tokenizer_for(file)
    trainer = _trainer(kind, data, tokenizer, folder)
    batch = next(iter(trainer.get_train_dataloader()))
    shapes = {name: list(value.shape) for name, value in batch.items() if hasattr(value, "shape")}
    result = {"rows": len(data), "columns": data.column_names, "batch": shapes}
    if kind == "sft" and "tools" in data.column_names:
        row = data[0]
        result["rendered"] = tokenizer.apply_chat_template(
            row["messages"], tools=row["tools"] or None, tokenize=False
        )
        result["collated"] = tokenizer.decode(batch["input_ids"][0])
    tell({**result, **trained(trainer)})


if __name__ == "__main__":
    main()
