"""A tokenizer and models that are small enough for one step on any machine, and know nothing yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import trl
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, Qwen2ForTokenClassification

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def tokenizer_for(file: str) -> Any:
    """Return a tokenizer that was trained on an export, with the chat template that TRL has for Qwen 3."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=SPECIAL, initial_alphabet=alphabet)
    tokenizer.train_from_iterator([Path(file).read_text()], trainer)
    made = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>", unk_token=None
    )
    templates = Path(trl.__file__).parent / "chat_templates"
    made.chat_template = (templates / "qwen3.jinja").read_text()
    return made


def _config(tokenizer: Any) -> Qwen2Config:
    return Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def language_model(tokenizer: Any, folder: str) -> Any:
    """Return a language model with random weights, from a folder: some trainers load it twice."""
    Qwen2ForCausalLM(_config(tokenizer)).save_pretrained(f"{folder}/model")
    return Qwen2ForCausalLM.from_pretrained(f"{folder}/model")


def step_model(tokenizer: Any) -> Any:
    """Return a model with random weights that says of every token whether it is right."""
    config = _config(tokenizer)
    config.num_labels = 2
    return Qwen2ForTokenClassification(config)


def trained(trainer: Any) -> dict[str, Any]:
    """Make one step of optimisation and say what came of it."""
    before = {name: weights.detach().clone() for name, weights in trainer.model.named_parameters()}
    done = trainer.train()
    moved = sum(not weights.equal(before[name]) for name, weights in trainer.model.named_parameters())
    return {"steps": done.global_step, "loss": done.training_loss, "moved": moved}


ONE_STEP: dict[str, Any] = {
    "max_steps": 1,
    "per_device_train_batch_size": 2,
    "learning_rate": 0.1,
    "use_cpu": True,
    "report_to": "none",
    "save_strategy": "no",
    "logging_steps": 1,
    "disable_tqdm": True,
    "bf16": False,
    "max_length": 2048,
}
