"""Which tests judge a candidate depends on its place alone, in the share that was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpsdg.mutators.judging.confirming import FULL, Confirming
from rpsdg.traces.errors import UsageError

WAYS = st.one_of(
    st.sampled_from([FULL, Confirming.parse("covering")]),
    st.integers(1, 999).map(lambda number: Confirming.parse(f"sample:{number / 1000:g}")),
)


@given(WAYS)
def test_what_is_written_is_read(way: Confirming) -> None:
    assert Confirming.parse(str(way)) == way


@pytest.mark.parametrize(
    "text",
    [
        "",
        "half",
        "full:",
        "covering:0.5",
        "sample",
        "sample:",
        "sample:0",
        "sample:1",
        "sample:x",
        "sample:nan",
    ],
)
def test_nothing_else_is_read(text: str) -> None:
    with pytest.raises(UsageError, match="is no way to confirm"):
        Confirming.parse(text)


def test_the_share_is_kept() -> None:
    way = Confirming.parse("sample:0.2")
    full = [way.judges(seed, index) == "full" for seed in range(5) for index in range(400)]
    assert 0.15 < sum(full) / len(full) < 0.25
    assert full == [way.judges(seed, index) == "full" for seed in range(5) for index in range(400)]
    assert {FULL.judges(0, index) for index in range(50)} == {"full"}
    assert {Confirming.parse("covering").judges(0, index) for index in range(50)} == {"covering"}
