"""What a run says of itself while it lasts."""

from __future__ import annotations

import pytest

from rpsdg.runs.progress import PlainReporter


@pytest.mark.parametrize(("kinds", "ending"), [(8, "1 kind-7"), (9, "1 kind-8"), (12, "4 others")])
def test_of_many_outcomes_only_the_first_few_are_told(kinds: int, ending: str) -> None:
    report = PlainReporter(kinds, "traces")
    for number in range(kinds):
        report.several(f"kind-{number}", 1)
    told = report.counts().split(", ")
    assert told[-1] == ending
    assert len(told) <= 9


@pytest.mark.parametrize(("total", "most"), [(5, 5), (100, 100), (20_000, 130)])
def test_a_log_has_a_line_a_percent_at_most(
    total: int, most: int, capsys: pytest.CaptureFixture[str]
) -> None:
    report = PlainReporter(total, "traces")
    report.begin(0)
    for _ in range(total):
        report.outcome("true", counts=True, about={})
    lines = capsys.readouterr().err.splitlines()

    assert min(total, 100) <= len(lines) <= most  # and one a second, should this machine be slow
    assert lines[-1].startswith(f"{total}/{total}")
