"""Folders: Parquet that holds all of a trace, cards that no name can break, packages that import."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.exports.base import Options
from rpsdg.corpora.exports.card import card_of
from rpsdg.corpora.exports.formats import hub_folder
from rpsdg.corpora.exports.registry import find_export
from rpsdg.corpora.exports.running import run_export
from rpsdg.corpora.exports.tokens import token_limit
from rpsdg.traces.errors import UsageError
from rpsdg.traces.record import Trace


def test_parquet_holds_all_of_a_trace(bugs: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_folder, "_GROUP", 2)
    monkeypatch.setattr(hub_folder, "_ROWS", 6)
    run_export(find_export("huggingface")(), bugs, tmp_path / "out", Options())

    files = sorted((tmp_path / "out/data").iterdir())
    tables = [pq.read_table(file) for file in files]
    assert [table.num_rows for table in tables] == [6, 2]
    rows = [row for table in tables for row in table.to_pylist()]
    traces = list(bugs.traces())
    assert [msgspec.json.decode(row["trace"], type=Trace) for row in rows] == traces
    for row, trace in zip(rows, traces, strict=True):
        assert row["trace_id"] == trace.id
        assert [step["explanation"] for step in row["steps"]] == [step.explanation for step in trace.steps]
        assert [wrong["answer"] for wrong in row["wrong"]] == [n.state["diff"] for n in trace.negatives]
    card = (tmp_path / "out/README.md").read_text()
    assert 'license: ["mit"]\n' in card
    assert "| MIT | 8 |" in card


def test_nothing_in_a_name_breaks_a_card() -> None:
    name = 'x"\n---\n# <script>alert(1)</script> | [a](b)'
    card = card_of(name, 3, {"domain": Counter({"code/bugfix": 3}), "level": Counter(), "licence": Counter()})

    head = card.split("\n---\n")[0]
    assert head.count("\n") == 7
    assert "<script>" not in card.split("\n---\n", 1)[1]
    assert 'license: ["unknown"]' in head


@pytest.mark.parametrize("name", ["reasoning-gym", "verifiers"])
def test_a_package_is_named_after_its_folder(name: str, mathematics: Dataset, tmp_path: Path) -> None:
    run_export(find_export(name)(), mathematics, tmp_path / "My-Problems", Options())

    out = tmp_path / "My-Problems"
    project = tomllib.loads((out / "pyproject.toml").read_text())["project"]
    assert project["name"] == "my_problems"
    assert project["dependencies"] == ["rpsdg", name]
    source = (out / "my_problems/__init__.py").read_text()
    compile(source, "my_problems", "exec")
    assert "@" not in source.replace("@vf.reward", "").replace("@dataclass", "")
    assert len((out / "my_problems/traces.jsonl").read_text().splitlines()) == 6


@pytest.mark.parametrize("place", ["math", "class", "7"])
def test_a_name_that_is_no_package_is_refused(place: str, mathematics: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gives its name to a Python package"):
        run_export(find_export("verifiers")(), mathematics, tmp_path / place, Options())
    assert list(tmp_path.iterdir()) == []


def test_tokens_are_counted_by_the_tokenizer_named(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    made = Tokenizer(models.WordLevel({"a": 0, "b": 1, "?": 2}, unk_token="?"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.save(str(tmp_path / "tokenizer.json"))

    assert token_limit(5, str(tmp_path / "tokenizer.json")).count("a b a cat") == 4
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(UsageError, match=r"broken\.json` cannot be loaded"):
        token_limit(5, str(tmp_path / "broken.json"))


def test_without_the_library_it_is_named() -> None:
    program = (
        "import sys; sys.modules['tokenizers'] = None\n"
        "from rpsdg.corpora.exports.tokens import token_limit\n"
        "from rpsdg.traces.errors import UsageError\n"
        "try: token_limit(1, 'x')\n"
        "except UsageError as error: print(error, '|', error.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "needs the library `tokenizers`, which is not installed | Install rpsdg" in done.stdout
