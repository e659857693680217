"""Spectra of a little program, for tests of whatever reads them."""

from __future__ import annotations

from collections.abc import Mapping

from rpsdg.experiments.localisation.records import FailingTest, Spectrum, texts

SOURCE = b"""\
import re


class Basket:
    def total(self, prices, discount=0):
        if not prices:
            return 0
        whole = sum(prices)
        for price in prices:
            if price < 0:
                raise ValueError("negative price")
        return whole - discount


def parse_price(text):
    match = re.match("[0-9]+", text)
    try:
        return int(match.group())
    except AttributeError:
        return None
"""
LINES = (6, 7, 8, 9, 10, 11, 12, 16, 17, 18, 19, 20)
"""Of the statements in functions."""
TEXT = "def test_total_of_two():\n    assert Basket().total([1, 2], discount=1) == 2"


def spectrum(
    ran: Mapping[str, frozenset[int]],
    passed: Mapping[int, int],
    passing: int,
    faulty: frozenset[int],
    *,
    path: str = "basket.py",
    group: str = "https://git.example.org/owner/basket",
    bug: str = "basket-1",
    family: str = "operators",
) -> Spectrum:
    """Return what tests say of the program, given which lines each failing test runs."""
    return Spectrum(
        bug=bug,
        group=group,
        family=family,
        sources={path: SOURCE},
        failing=tuple(
            FailingTest(
                f"test_basket.py::{name}",
                "AssertionError: assert 3 == 2",
                (("test_basket.py", 4), (path, max(lines))),
                texts({path: sum(1 << line for line in lines)}),
                TEXT,
            )
            for name, lines in ran.items()
        ),
        passing=passing,
        passed={path: dict(passed)},
        faulty=texts({path: sum(1 << line for line in faulty)}),
    )
