"""What a shell is told when somebody presses Tab."""

from __future__ import annotations

import pytest
from click.shell_completion import BashComplete

from rpsdg.cli import cli


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ([], "refresh"),
        (["env"], "build"),
        (["bugs", "-"], "--walks"),
        (["export", "--style"], "search-replace"),
    ],
)
def test_what_can_come_next(typed: list[str], wanted: str) -> None:
    *before, last = typed or [""]
    args, incomplete = (before, last) if last == "-" else (typed, "")
    found = BashComplete(cli, {}, "rpsdg", "_RPSDG_COMPLETE").get_completions(args, incomplete)
    assert wanted in [item.value for item in found]
