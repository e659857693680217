"""The section about mathematics says what the results say."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpsdg.experiments.mathematics import config, part
from rpsdg.experiments.mathematics.data import HARDER, HELD_OUT
from rpsdg.experiments.mathematics.page import as_section
from rpsdg.experiments.mathematics.results import ArmResult, Moment, Verdicts, VerifierResult


@pytest.fixture(scope="module")
def experiment() -> config.Experiment:
    return config.read(Path(part.__file__).with_name("algebra-quick.toml"))


def arm(name: str, seed: int, held_out: str, harder: str) -> ArmResult:
    solved = {HELD_OUT: held_out, HARDER: harder}
    moments = (
        Moment("curve", 5, 50, {test: bits[:10] for test, bits in solved.items()}),
        Moment("steps", 10, 100, solved),
        Moment("tokens", 20, 200, solved),
    )
    audit = {"right, agree": 3, "wrong, disagree": 4, "wrong, agree": 1}
    return ArmResult("d", name, seed, 1000, 10.0, moments, (1.0,), audit)


def verifier(seed: int) -> VerifierResult:
    def verdicts(chosen: str, tokens: int) -> Verdicts:
        return Verdicts(9, tokens, 500, {"unseen kinds": "1100"}, (0.9, 0.2), "10", {HELD_OUT: chosen})

    return VerifierResult(
        "d",
        seed,
        {"proof": verdicts("1111", 0), "rollouts": verdicts("1000", 300)},
        {HELD_OUT: "0000"},
        {HELD_OUT: "1100"},
        {HELD_OUT: (0.5, 0.5, 0.25, 0.25)},
    )


def test_what_is_clear_is_called_clear_and_what_is_not_is_not(
    experiment: config.Experiment, tmp_path: Path
) -> None:
    results = [
        one
        for seed in (1, 2, 3)
        for one in (
            arm("answers", seed, "0" * 60, "01" * 30),
            arm("tapes", seed, "1" * 50 + "0" * 10, "10" * 30),
        )
    ]
    page = as_section(
        [(experiment, results, [verifier(1), verifier(2)])], "Set-up.", "Notes.", tmp_path / "p"
    )
    assert f"{HELD_OUT}, equal tokens: tapes solve more: the interval of the difference is +83.3" in page
    assert f"{HARDER}, equal steps" not in page  # it is called equal optimiser steps
    assert f"{HARDER}, equal optimiser steps: tapes are not told apart from answers" in page
    assert "| our proved labels | 9 | 0.00 M | 0.00 M | 50.0" in page
    assert "+100.0 (+100.0 … +100.0)" in page  # chosen by proved labels, over greedy
    assert (
        "of 48 answers that could be read, SymPy has an opinion on 48; it contradicts the grader on 6" in page
    )
    assert page.startswith("## Mathematics\n\nSet-up.")
    assert page.endswith("Notes.")
    assert (tmp_path / "p" / f"{experiment.name}.png").read_bytes().startswith(b"\x89PNG")


def test_without_results_there_are_no_figures(tmp_path: Path) -> None:
    page = as_section([], "Set-up.", "Notes.", tmp_path)
    assert "no results yet" in page
    assert "%" not in page
