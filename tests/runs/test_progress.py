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
