"""The page, its sections, tables and what is kept."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpsdg.experiments.keeping import DamagedResultError, keep, kept
from rpsdg.experiments.page import with_section
from rpsdg.experiments.tables import table

NAMES = st.sampled_from(["mathematics", "localisation"])
SECTIONS = st.text(st.characters(exclude_characters="<>\r"), max_size=40).map(str.strip)


@given(NAMES, SECTIONS, SECTIONS)
def test_a_section_takes_the_place_of_its_older_self(name: str, older: str, newer: str) -> None:
    assert with_section(with_section("", name, older), name, newer) == with_section("", name, newer)


@given(SECTIONS, SECTIONS, SECTIONS)
def test_sections_leave_each_other_alone(one: str, other: str, newer: str) -> None:
    page = with_section(with_section("", "mathematics", one), "localisation", other)
    again = with_section(page, "mathematics", newer)
    assert again == with_section(with_section("", "mathematics", newer), "localisation", other)


def test_a_table_has_as_many_cells_in_each_row() -> None:
    assert table(["a", "b"], [["x|y", "1"]]).splitlines()[2] == r"| x\|y | 1 |"
    with pytest.raises(ValueError, match="as many cells"):
        table(["a", "b"], [["x"]])


class Kept(msgspec.Struct):
    number: int


def test_a_result_comes_back_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "deep/result.json"
    assert kept(path, Kept) is None
    keep(path, Kept(3))
    assert kept(path, Kept) == Kept(3)
    assert list(path.parent.iterdir()) == [path]
    path.write_text('{"number": ')
    with pytest.raises(DamagedResultError, match=r"result\.json"):
        kept(path, Kept)
