from __future__ import annotations

from math import isfinite
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpsdg.experiments.localisation.features import table_of
from rpsdg.experiments.localisation.features.columns import place_shares, relative, tie_shares
from rpsdg.experiments.localisation.features.lexical import words_in
from rpsdg.experiments.localisation.records import Spectrum, texts
from rpsdg.experiments.localisation.suspects import faulty_places, suspects_of

from .spectra import LINES, spectrum

RAN = st.frozensets(st.sampled_from(LINES), min_size=1)
VALUES = st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=8)


@st.composite
def spectra(draw: st.DrawFn, /, **options: Any) -> Spectrum:
    names = draw(st.sets(st.sampled_from(["test_total", "test_parse_price", "TestIt::test_1"]), min_size=1))
    passing = draw(st.integers(0, 20))
    ran = {name: draw(RAN) for name in sorted(names)}
    passed = draw(st.dictionaries(st.sampled_from(LINES), st.integers(0, passing)))
    return spectrum(ran, passed, passing, draw(RAN), **options)


@settings(max_examples=20, deadline=None)
@given(spectra(), RAN)
def test_nothing_of_the_truth_is_in_the_features(seen: Spectrum, other: frozenset[int]) -> None:
    told = msgspec.structs.replace(seen, faulty=texts({"basket.py": sum(1 << line for line in other)}))
    assert table_of(told) == table_of(seen)
    assert table_of(msgspec.structs.replace(seen, faulty={})) == table_of(seen)


@settings(max_examples=20, deadline=None)
@given(spectra(), st.sampled_from(["literals", "rewrites"]), st.sampled_from(["zoo/apple.py", "a.py"]))
def test_no_feature_knows_the_name_of_a_program_a_file_or_a_bug(
    seen: Spectrum, family: str, path: str
) -> None:
    def moved(by_path: dict[str, Any]) -> dict[str, Any]:
        return dict(zip([path], by_path.values(), strict=True))

    elsewhere = msgspec.structs.replace(
        seen,
        bug="another",
        group="https://git.example.org/else/where",
        family=family,
        sources=moved(seen.sources),
        passed=moved(seen.passed),
        failing=tuple(
            msgspec.structs.replace(
                test,
                ran=moved(test.ran),
                frames=tuple((path if name == "basket.py" else name, line) for name, line in test.frames),
            )
            for test in seen.failing
        ),
    )
    assert table_of(elsewhere).columns == table_of(seen).columns


@settings(max_examples=20, deadline=None)
@given(spectra(), spectra())
def test_every_bug_has_the_same_columns_with_a_number_for_each_suspect(one: Spectrum, two: Spectrum) -> None:
    tables = table_of(one), table_of(two)
    assert tables[0].columns.keys() == tables[1].columns.keys()
    for table in tables:
        assert table.suspects
        for name, values in table.columns.items():
            assert len(values) == len(table.suspects), name
            assert all(map(isfinite, values)), name


@settings(max_examples=20, deadline=None)
@given(spectra())
def test_the_tests_count_and_not_their_order(seen: Spectrum) -> None:
    turned = msgspec.structs.replace(seen, failing=seen.failing[::-1])
    one, two = table_of(seen).columns, table_of(turned).columns
    for name, values in one.items():
        assert values == pytest.approx(two[name]), name


@settings(max_examples=20, deadline=None)
@given(spectra())
def test_suspects_are_what_failing_tests_run_and_faulty_ones_are_among_them(seen: Spectrum) -> None:
    suspects = suspects_of(seen)
    ran = sum(one.lines for one in suspects)
    for test in seen.failing:
        assert int(test.ran["basket.py"], 16) & ~ran == 0
    for place, one in enumerate(suspects):
        is_faulty = bool(int(seen.faulty["basket.py"], 16) & one.lines)
        assert (place in faulty_places(seen, suspects)) is is_faulty
        assert 1 <= one.ef <= len(seen.failing)


@given(VALUES)
def test_columns_are_compared_within_a_bug(values: list[float]) -> None:
    shares = place_shares(values)
    assert sum(shares) == pytest.approx(len(values) / 2)
    for one, share in zip(values, shares, strict=True):
        for other, its_share in zip(values, shares, strict=True):
            assert (one > other) is (share < its_share)
    assert tie_shares(values) == [values.count(one) / len(values) for one in values]
    assert all(0 <= one <= 1 for one in relative(values))


def test_a_statement_that_ends_a_traceback_and_is_named_by_the_test_is_seen() -> None:
    seen = spectrum({"test_total": frozenset({6, 8, 12})}, {6: 3, 8: 1}, 4, frozenset({12}))
    table = table_of(seen)
    last = next(place for place, one in enumerate(table.suspects) if one.first == 12)
    assert [row[last] for name, row in table.columns.items() if name == "failures: ends a traceback"] == [1.0]
    assert table.columns["words: share of tests that name its function"][last] == 1
    assert table.columns["source: is return"][last] == 1
    assert table.columns["spectrum: Ochiai, rank"][last] == min(table.columns["spectrum: Ochiai, rank"])


def test_words_of_names_are_taken_apart() -> None:
    assert words_in("self.assertEqual(parse_ISODate('2020'), None)") == {"parse", "isodate", "2020"}
