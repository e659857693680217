from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rpsdg.experiments.keeping import DamagedResultError
from rpsdg.experiments.localisation.comparing import RANDOM
from rpsdg.experiments.localisation.formulas import FORMULAS
from rpsdg.experiments.localisation.kinds import NONE, WHOLE, Change
from rpsdg.experiments.localisation.page import as_section, difference, figure
from rpsdg.experiments.localisation.results import BugResult, Choice, Results, Summary, read, write

MIXTURES = ("realistic", "operators")


def bugs(number: int, mixture: str = "") -> Iterator[BugResult]:
    """Yield bugs of several histories: the realistic localiser finds all at once, the other one none."""
    for n in range(number):
        learned = {
            name: ((0, 1, 1), (0, 1, 1)) if name == "realistic" else ((9, 1, 1), (7, 2, 1))
            for name in MIXTURES
            if mixture in {"", name}
        }
        yield BugResult(
            bug=f"{mixture}{n}",
            group=f"https://git.example.org/me/p{n % 4}",
            mixture=mixture,
            family="names" if n % 2 else "rewrites",
            kind="" if mixture else (WHOLE if n % 2 else NONE),
            changes=() if mixture else (Change("names", "changes", 1, "wrong-variable" if n % 2 else ""),),
            suspects=10,
            faulty=1,
            failing=1,
            places={**dict.fromkeys([RANDOM, *FORMULAS], ((0, 10, 1),)), **learned},
        )


@pytest.fixture
def results() -> Results:
    summary = Summary(
        digest="d",
        seeds=(1, 2),
        resamples=50,
        choices=tuple(
            Choice("d", name, {"logistic regression": 0.5, "trees": 0.25}, "logistic regression")
            for name in MIXTURES
        ),
        trained_on=dict.fromkeys(MIXTURES, 6),
        injected={name: {"toolz": 4, "packaging": 4} for name in MIXTURES},
        mined=10,
        left_out={"unsteady": 2},
        not_injected={},
    )
    held_out = [bug for name in MIXTURES for bug in bugs(8, name)]
    return Results(summary, tuple(bugs(8)), tuple(held_out))


def test_what_is_clear_is_called_so_with_its_sign(results: Results, tmp_path: Path) -> None:
    page = as_section(results, {}, ("Set-up.", "Notes."), tmp_path / "p")
    assert (
        "top-1: the localiser of the realistic mixture is better than Ochiai: the difference is +90.0" in page
    )
    assert (
        "rank: the localiser of the realistic mixture is better than Ochiai: the difference is -4.5" in page
    )
    assert "| operators − Ochiai | -10.0 (-10.0 … -10.0)" in page
    assert "of 10 mined ones 2 were not seen again, 2 unsteady" in page
    assert "one mutator of the catalogue plants 4 just as they were" in page
    assert "rewrites 4" in page
    assert "| names | 8 | 4 | 0 | 4 | 0 | 0 |" in page
    assert page.startswith("## Code")
    assert page.endswith("Notes.")
    assert (tmp_path / "p" / "localisation.png").read_bytes().startswith(b"\x89PNG")


def test_nothing_differs_from_itself_and_ties_are_shared(results: Results) -> None:
    assert difference(results.real, "Ochiai", "random", "rank", 20).value == 0
    assert figure(results.real, "random", "top-5", 20).value == pytest.approx(0.5)
    apart = difference(results.real, "realistic", "operators", "rank", 20)
    assert apart.value == pytest.approx(1 - (10 + 8.5) / 2)


def test_results_are_kept_whole_and_damaged_ones_are_told(results: Results, tmp_path: Path) -> None:
    assert read(tmp_path) is None
    write(results, tmp_path)
    assert read(tmp_path) == results
    (tmp_path / "real.jsonl").write_text("{}\n")
    with pytest.raises(DamagedResultError, match="line 1"):
        read(tmp_path)


def test_without_results_there_are_no_figures(tmp_path: Path) -> None:
    page = as_section(None, {}, ("Set-up.", "Notes."), tmp_path)
    assert "no results yet" in page
    assert "%" not in page
