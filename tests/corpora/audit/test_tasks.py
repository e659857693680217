"""What is said of tasks around their images."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from rpsdg.corpora.audit.tasks import AuditedTask, audit_texts, tasks_in
from rpsdg.corpora.dataset import DatasetError
from rpsdg.corpora.exports.harbor import texts
from rpsdg.mutators.diffs import make_diff

from .test_hunting import BUGGY, FIXED


@pytest.fixture
def task(tmp_path: Path) -> AuditedTask:
    files = {
        "task.toml": texts.task_file("rpsdg/x", {}, network="policy", timeout=9.0, keywords=[]),
        "instruction.md": texts.instruction("The total of a basket is negative."),
        "environment/lock.txt": "",
        "solution/fix.patch": make_diff(BUGGY, FIXED),
    }
    for path, text in files.items():
        (tmp_path / "x" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "x" / path).write_text(text)
    (tmp_path / "x" / "tests").mkdir()
    (tmp_path / "x" / "tests" / "tree.tar.gz").write_bytes(gzip.compress(BUGGY.to_tar()))
    (found,) = tasks_in(tmp_path)
    return found


def test_a_task_as_it_is_exported_tells_nothing(task: AuditedTask) -> None:
    assert list(audit_texts(task)) == []
    assert task.needles.paths == ["src/shop/till.py"]


@pytest.mark.parametrize(
    ("file", "old", "new", "kind"),
    [
        ("instruction.md", "basket", "basket (till.py, line 4)", "statement"),
        ("instruction.md", "basket", "basket: write `result += price.amount`, not", "statement"),
        ("task.toml", '"no-network"', '"public"', "network"),
        ("task.toml", '"separate"', '"shared"', "image"),
    ],
)
def test_what_tells(task: AuditedTask, file: str, old: str, new: str, kind: str) -> None:
    (task.folder / file).write_text((task.folder / file).read_text().replace(old, new))
    assert {finding.kind for finding in audit_texts(task)} == {kind}


@pytest.mark.parametrize("file", ["tests/tree.tar.gz", "solution/fix.patch", "instruction.md", "task.toml"])
def test_other_folders_are_no_tasks(task: AuditedTask, file: str) -> None:
    (task.folder / file).write_bytes(b"\xff\x00 something else")
    with pytest.raises(DatasetError, match="no exported task"):
        list(audit_texts(task))
