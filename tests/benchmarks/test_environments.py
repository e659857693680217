"""The benchmark of environments draws its packages by a seed, and goes on where it stopped."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from rpsdg.benchmarks import environments
from rpsdg.benchmarks.environments import SETS, Measured, draw
from rpsdg.sandbox.settings import Settings


def test_the_sets_are_fixed_and_share_nothing() -> None:
    dev, held_out = (draw(name) for name in SETS)
    assert (len(dev), len(held_out)) == (40, 20)
    assert not set(dev) & set(held_out)
    assert draw("dev") == dev
    # A draw that changed would have held-out packages that were developed on.
    assert (dev[:3], held_out[:3]) == (
        ["asgiref", "attrs", "beautifulsoup4"],
        ["anyio", "cachetools", "click"],
    )


def test_what_was_measured_is_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def measure(name: str, *_: object, **__: object) -> Measured:
        asked.append(name)
        return Measured(name, "1", "green", "", 1.0, 1.0, "3.11.1", 3, 0, ({"text": "x"},), ("a note",))

    monkeypatch.setattr(environments, "measure", measure)
    box: Any = None
    first = list(environments._measured(["a", "b"], tmp_path, box, Settings(), 1))
    again = list(environments._measured(["a", "b", "c"], tmp_path, box, Settings(), 1))
    assert again[:2] == first
    assert asked == ["a", "b", "c"]
    assert json.loads((tmp_path / "a.json").read_text()) == json.loads(json.dumps(asdict(first[0])))
