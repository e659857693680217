"""The page about versions of Python says what was tried and what was not."""

from __future__ import annotations

from rpsdg.benchmarks.pythons import CHECKS, Tried, as_page


def test_the_page() -> None:
    tried = [
        Tried("local", "3.12.1"),
        Tried("Docker, rpsdg-base:forky", "3.14.8", {"clock": "UnmetError: it stands still"}),
        Tried("local", "3.8.18"),
    ]
    page = as_page(tried)
    rows = [line for line in page.splitlines() if line.startswith("| 3.")]
    assert rows == [
        "| 3.8.18 | local | all hold |",
        "| 3.12.1 | local | all hold |",
        "| 3.14.8 | Docker, rpsdg-base:forky | `clock` does not hold: UnmetError: it stands still |",
    ]
    assert "Untested" in page
    assert "3.9, 3.10, 3.11, 3.13, 3.14." in page
    assert str(len(CHECKS)) in page
