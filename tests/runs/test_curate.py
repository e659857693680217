"""Data sets made of data sets: what is chosen, what is kept apart, what is said, and what must not leave."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from rpsdg.cli import cli
from rpsdg.corpora.bulk import BulkWriter
from rpsdg.corpora.dataset import Dataset, DatasetError, DatasetWriter, Decision, OutputError, Plan
from rpsdg.corpora.derived import about
from rpsdg.corpora.facts import Facts, facts_of
from rpsdg.corpora.secrets import KINDS, SecretError, Secrets, scan, withheld
from rpsdg.math_domains.splitting import split_of
from rpsdg.runs.card import write_card
from rpsdg.runs.curate import filter_traces, merge, split
from rpsdg.runs.mathematics import MathPlan
from rpsdg.runs.sampling import choose
from rpsdg.runs.selection import Selection
from rpsdg.runs.splits import divide, read_shares
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces import jsonl
from rpsdg.traces.errors import ExitCode, UsageError
from rpsdg.traces.identity import seal
from rpsdg.traces.levels import Cuts
from rpsdg.traces.record import Action, Answer, Problem, Provenance, Step, Trace

PROGRAM = b"".join(b"def f%d(x):\n    a = %d\n    return a + x\n\n\n" % (n, n) for n in range(20))
NONE = Secrets()


def code_trace(
    number: int, name: str, *, path: str = "a.py", line: int | None = None, said: str = ""
) -> Trace:
    """Return a trace of one bug, in the function of its number unless a line is given."""
    line = 5 * number + 2 if line is None else line
    old = PROGRAM.decode().splitlines()
    around = [old[line - 2], old[line - 1], old[line]]
    diff = (
        f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -{line - 1},3 +{line - 1},3 @@\n"
        f" {around[0]}\n-{around[1]}\n+    a = 'wrong {number}'\n {around[2]}\n"
    )
    tree = tree_of(name).digest
    state = {"tree": tree, "diff": diff}
    action = Action(tool="run", input={}, observation=said)
    step = Step(
        rule="wrong-name" if number % 2 else "dropped-guard",
        aim={"start": number},
        before=state,
        after={"tree": tree, "diff": ""},
        explanation="",
        actions=(action,),
    )
    source = {"name": name, "licence": "MIT", "places": [{"path": path, "first_line": line}]}
    return seal(
        Trace(
            id="",
            content_hash="",
            domain="code/bugfix",
            problem=Problem(statement="It is broken.", style="plain", state=state),
            steps=(step,),
            answer=Answer(state={"tree": tree, "diff": ""}, text=""),
            score=(number % 10) / 10,
            provenance=Provenance(generator="1", seed=0, index=number, source=source),
        )
    )


def tree_of(name: str) -> Tree:
    return Tree({path: Entry(PROGRAM) for path in ("a.py", "b.py")} | {"name": Entry(name.encode())})


def code(folder: Path, name: str, found: Sequence[Trace]) -> Path:
    cuts = Cuts((0.2, 0.4, 0.6, 0.8), "")
    source = {"kind": "pypi", "name": name, "version": "1.0"}
    plan = Plan("1", source, tree_of(name).digest, 0, (), {"name": "uniform"}, None, cuts, "", "")
    writer = DatasetWriter(folder)
    writer.begin(plan, tree_of(name), {})
    for number, trace in enumerate(found):
        writer.decide(Decision(number, trace.steps[0].rule, "a.py", 1, "confirmed", trace=trace.id), trace)
    writer.decide(Decision(len(found), "wrong-name", "a.py", 1, "undetected"))
    writer.finish()
    writer.close()
    write_card(folder)
    return folder


def mathematics(folder: Path, numbers: Sequence[int]) -> Path:
    writer = BulkWriter(folder, "math")
    writer.begin(MathPlan("1", ("linear-equation",), len(numbers), "1:3,2:1", 7, 2, 0.0))
    state = {"sympy": "x", "latex": "x"}
    for number in numbers:
        about = {"family": "linear-equation", "level": 1 + number % 3, "skeleton": f"{number % 40:032x}"}
        about |= {"canonical": f"{number:032x}"}
        step = Step(rule="subtract", aim={}, before=state, after=state, explanation="", label="first-error")
        trace = Trace(
            id="",
            content_hash="",
            domain="math/algebra/equation",
            problem=Problem(statement=str(number), style="plain", state=state),
            steps=(step,) if number % 5 == 0 else (),
            answer=Answer(state={"sympy": str(number)}, text=str(number)),
            provenance=Provenance(generator="1", seed=0, index=number, source=about),
        )
        writer.append([jsonl.encode(seal(trace))])
    writer.finish()
    writer.close()
    write_card(folder)
    return folder


@pytest.fixture
def click_data(tmp_path: Path) -> Path:
    return code(tmp_path / "click", "click", [code_trace(n, "click") for n in range(12)])


@pytest.fixture
def shop_data(tmp_path: Path) -> Path:
    found = [code_trace(n, "shop", path="b.py" if n > 11 else "a.py") for n in range(8, 18)]
    return code(tmp_path / "shop", "shop", found)


def ids(folder: Path) -> list[str]:
    return [trace.id for trace in Dataset(folder).traces()]


# --- merge


def test_merged_traces_come_once_with_all_they_need(
    click_data: Path, shop_data: Path, tmp_path: Path
) -> None:
    numbers = mathematics(tmp_path / "math", range(20))
    again = mathematics(tmp_path / "again", range(10, 25))
    folders = [click_data, shop_data, numbers, again, click_data]
    made = merge(folders, tmp_path / "all", NONE, "rpsdg merge", dry_run=False)

    assert (made.read, made.written, made.repeats) == (69, 47, 22)
    data = Dataset(tmp_path / "all")
    assert ids(data.folder) == [*ids(click_data), *ids(shop_data), *ids(numbers), *ids(again)[10:]]
    assert [row.labels.level for row in data.rows()][:4] == [1, 1, 2, 2]
    for name in ("click", "shop"):
        assert data.tree(tree_of(name).digest) == tree_of(name)
    said = about(data)
    assert said is not None
    assert [origin.traces for origin in said.origins] == [12, 10, 20, 5]  # the second time click gave none
    assert sum(1 for _ in data.decisions()) == 13 + 11 + 13


def test_a_dry_run_makes_nothing(click_data: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert merge([click_data], tmp_path / "all", NONE, "", dry_run=True).written == 12
    divided = divide(Dataset(click_data), None, "file", 0)
    split(click_data, tmp_path / "all", divided, NONE, "", dry_run=True)
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_overwritten_and_nothing_half_made_stays(click_data: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OutputError, match="is there already"):
        merge([click_data], click_data, NONE, "", dry_run=False)
    (click_data / "trees" / f"{tree_of('click').digest}.tar.gz").unlink()
    with pytest.raises(DatasetError, match="missing"):
        merge([click_data], tmp_path / "all", NONE, "", dry_run=False)
    assert sorted(tmp_path.iterdir()) == before


# --- filter and sample

FACTS = Facts(
    "1", "code/bugfix", 3, None, "click", ("a/b.py",), "MIT", (), ("SWE-smith",), ("wrong-name",), False
)


@pytest.mark.parametrize(
    ("patterns", "more", "fits"),
    [
        ({}, {"levels": "2-4"}, True),
        ({}, {"levels": "4-5"}, False),
        ({"rule": ["wrong-*"]}, {}, True),
        ({"rule": ["wrong-*", "!wrong-name"]}, {}, False),
        ({"rule": ["dropped-*", "wrong-?ame"]}, {}, True),
        ({"contamination": ["!*"]}, {}, False),
        ({"contamination": ["!SWE-bench*"]}, {}, True),
        ({"path": ["a/*"], "licence": ["BSD-*"]}, {}, False),
        ({"family": ["*"]}, {}, False),
        ({"domain": ["code/*"]}, {"steps": "1-2"}, True),
        ({}, {"steps": "2-"}, False),
        ({}, {"wrong_steps": True}, False),
        ({"rule": ["__import__('os')"]}, {}, False),
    ],
)
def test_selection(patterns: dict[str, list[str]], more: dict[str, Any], fits: bool) -> None:
    assert Selection.of(patterns, **more)(FACTS) is fits


@pytest.mark.parametrize("steps", ["x", "3-2", "-", "1--2"])
def test_steps_that_cannot_be_meant(steps: str) -> None:
    if steps == "-":
        assert Selection.of({}, steps=steps).steps == (0, 1_000_000)
        return
    with pytest.raises(UsageError, match="number of steps"):
        Selection.of({}, steps=steps)


def test_filter(click_data: Path, tmp_path: Path) -> None:
    keep = Selection.of({"rule": ["wrong-name"]}, levels="4-5")
    filter_traces(click_data, tmp_path / "some", keep, NONE, "", dry_run=False)
    rows = list(Dataset(tmp_path / "some").rows())
    assert [row.trace.provenance.index for row in rows] == [7, 9]
    with pytest.raises(DatasetError, match="none of the 12"):
        filter_traces(click_data, tmp_path / "none", Selection.of({"family": ["*"]}), NONE, "", dry_run=False)


def test_samples_do_not_depend_on_the_order_and_can_be_even(tmp_path: Path) -> None:
    found = list(facts_of(Dataset(mathematics(tmp_path / "math", range(60)))))
    assert choose(found, 10, 1) == choose(reversed(found), 10, 1) != choose(found, 10, 2)
    assert choose(found, 10, 1) <= choose(found, 20, 1)
    few = [facts for facts in found if facts.level != 1] + [facts for facts in found if facts.level == 1][:2]
    chosen = choose(few, 20, 0, by="level")
    counted = [sum(f.level == level for f in few if f.id in chosen) for level in (1, 2, 3)]
    assert counted == [2, 9, 9]
    assert len(choose(found, 1000, 0)) == 60


# --- splits


def groups(folder: Path, names: Sequence[str]) -> list[list[Facts]]:
    return [list(facts_of(Dataset(folder / name))) for name in names]


@pytest.mark.parametrize("by", ["repository", "file", "function"])
def test_splits_have_nothing_in_common(by: Any, click_data: Path, shop_data: Path, tmp_path: Path) -> None:
    merge([click_data, shop_data], tmp_path / "all", NONE, "", dry_run=False)
    divided = divide(Dataset(tmp_path / "all"), read_shares("train=3,test=1"), by, 0)
    split(tmp_path / "all", tmp_path / "out", divided, NONE, "rpsdg split", dry_run=False)
    train, test = groups(tmp_path / "out", ("train", "test"))
    assert len(train) + len(test) == 22
    assert {name for facts in train for name in facts.near_duplicates}.isdisjoint(
        name for facts in test for name in facts.near_duplicates
    )
    if by == "function":  # functions 8 to 11 of both projects are the same text
        assert len(test) in {5, 6}
    elif by == "file":
        assert {(f.repository, p) for f in train for p in f.paths}.isdisjoint(
            (f.repository, p) for f in test for p in f.paths
        )
        assert {facts.paths for facts in test} == {("b.py",)}
    else:
        assert not test  # near-duplicates hold the two repositories together
    card = (tmp_path / "out" / "README.md").read_text()
    assert ("test/traces/*.parquet" in card) is bool(test)


def test_mathematics_keeps_its_splits(tmp_path: Path) -> None:
    data = Dataset(mathematics(tmp_path / "math", range(80)))
    divided = divide(data, None, "repository", 0)
    expected = [str(split_of(trace.provenance.source["skeleton"])) for trace in data.traces()]
    assert [divided.names[place] for place in divided.places] == expected
    with pytest.raises(UsageError, match="always split into"):
        divide(data, read_shares("a=1,b=1"), "repository", 0)


@pytest.mark.parametrize("text", ["", "train", "train=0", "a=1,a=2", "train=x", "../x=1", "a=inf"])
def test_shares_that_cannot_be_meant(text: str) -> None:
    with pytest.raises(UsageError, match="shares such as"):
        read_shares(text)


# --- secrets

SECRETS = {
    "AWS access key": "AKIA" + "ABCDEFGH" * 2,
    "GitHub token": "ghp_" + "a1B2" * 9,
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "password in a URL": "https://deploy:" + "correct-horse@git.acme.io/x",
    "JSON web token": "eyJ" + "a" * 12 + ".eyJ" + "b" * 12 + "." + "c" * 24,
}
HARMLESS = (
    "https://user:password@host.io/",
    "http://a:b@c",
    "https://deploy:correct-horse@example.com",
    "XAKIA" + "ABCDEFGH" * 2,
    "d41d8cd98f00b204e9800998ecf8427e" * 2,
    "-----BEGIN CERTIFICATE-----",
)


def with_text(folder: Path, *texts: str) -> Path:
    return code(folder, "shop", [code_trace(n, "shop", said=text) for n, text in enumerate(texts)])


def test_secrets_are_found_where_they_are(tmp_path: Path) -> None:
    texts = [f"before {secret} after" for secret in SECRETS.values()] + list(HARMLESS)
    hits = list(scan(Dataset(with_text(tmp_path / "data", *texts))))
    assert {hit.field for hit in hits} == {"steps.actions.observation"}
    found = {hit.trace: hit.kind for hit in hits}
    assert [found.get(name) for name in ids(tmp_path / "data")] == [*SECRETS, *[None] * len(HARMLESS)]


def test_two_texts_side_by_side_make_no_secret(tmp_path: Path) -> None:
    token = SECRETS["GitHub token"]
    assert not list(scan(Dataset(with_text(tmp_path / "data", token[:20], token[20:]))))


def test_secrets_do_not_leave(tmp_path: Path) -> None:
    secret = SECRETS["GitHub token"]
    folder = with_text(tmp_path / "data", "fine", f"token={secret}")
    data = Dataset(folder)
    with pytest.raises(SecretError) as caught:
        merge([folder], tmp_path / "out", NONE, "", dry_run=False)
    assert secret not in f"{caught.value} {caught.value.hint}"
    assert ids(folder)[1][:12] in str(caught.value)
    assert not (tmp_path / "out").exists()
    with pytest.raises(SecretError):
        withheld(data, Secrets())
    assert withheld(data, Secrets(drop=True)) == {ids(folder)[1]}
    assert withheld(data, Secrets(allow=True)) == frozenset()

    assert merge([folder], tmp_path / "dropped", Secrets(drop=True), "", dry_run=False).dropped == 1
    assert ids(tmp_path / "dropped") == ids(folder)[:1]
    assert "1 traces with hits were left out" in (tmp_path / "dropped/README.md").read_text()
    merge([folder], tmp_path / "allowed", Secrets(allow=True), "", dry_run=False)
    assert "1 GitHub token; they were allowed" in (tmp_path / "allowed/README.md").read_text()
    assert secret not in (tmp_path / "allowed/README.md").read_text()


@pytest.mark.parametrize(
    ("source", "leaves"),
    [
        ({"kind": "pypi", "name": "shop", "url": "https://index.example/shop"}, True),
        ({"kind": "pypi", "name": "shop", "url": None}, False),
        ({"kind": "git", "name": "shop", "url": "https://git.example/shop"}, False),
        ({"kind": "local", "name": "shop"}, False),
    ],
)
def test_a_secret_in_a_tree_leaves_with_public_releases_alone(
    tmp_path: Path, source: dict[str, Any], leaves: bool
) -> None:
    token = SECRETS["GitHub token"]
    tree = tree_of("shop").replace("a.py", b"TOKEN = '" + token.encode() + b"'\n")
    state = {"tree": tree.digest, "diff": ""}
    plain = code_trace(1, "shop")
    about = msgspec.structs.replace(plain.provenance, source=source)
    trace = msgspec.structs.replace(
        plain, problem=Problem(statement="", style="plain", state=state), provenance=about
    )
    writer = DatasetWriter(tmp_path)
    writer.keep_tree(tree)
    writer.decide(Decision(0, "wrong-name", "a.py", 1, "confirmed", trace=trace.id), trace)
    writer.close()
    data = Dataset(tmp_path)
    if leaves:
        assert withheld(data, Secrets()) == frozenset()
        return
    assert withheld(data, Secrets(drop=True)) == {trace.id}
    with pytest.raises(SecretError, match=r"file a\.py: GitHub token") as caught:
        withheld(data, Secrets())
    assert token not in str(caught.value)


def test_every_kind_has_a_shape_that_can_be_told() -> None:
    for shape in KINDS.values():
        assert re.compile(shape.goes_on)
        assert all(len(begin) > 2 for begin in shape.begins)


# --- cards


def head_of(folder: Path) -> dict[str, Any]:
    """Return the YAML head of a card, whose values are all JSON."""
    lines = (folder / "README.md").read_text().split("---\n")[1].splitlines()
    return {name: json.loads(value) for name, _, value in (line.partition(": ") for line in lines)}


def test_the_card_says_what_is_there(click_data: Path, tmp_path: Path) -> None:
    numbers = mathematics(tmp_path / "math", range(30))
    merge([click_data, numbers], tmp_path / "all", NONE, "rpsdg merge click math --out all", dry_run=False)
    text = (tmp_path / "all" / "README.md").read_text()
    for line in (
        "| code/bugfix | 12 |",
        "| linear-equation | 30 |",
        "| dropped-guard | 6 |",
        "| MIT | 12 |",
        "12 of 12 traces of code are of a repository",
        "Of 13 candidates that were tried, 12 were confirmed",
        "rpsdg bugs pypi:click==1.0 --seed 0 --count 12 --mix uniform --out DIR",
        "rpsdg math linear-equation --count 30 --seed 7 --detail 2 --level-mix 1:3,2:1 --out DIR",
        "rpsdg merge click math --out all",
        "nothing was found",
    ):
        assert line in text
    (files,) = head_of(tmp_path / "all")["configs"]
    (part,) = files["data_files"]
    (shard,) = (tmp_path / "all").glob(part["path"])
    assert pq.read_metadata(shard).num_rows == 42
    assert head_of(tmp_path / "all")["size_categories"] == ["n<1K"]


def test_a_page_of_somebody_stays(click_data: Path) -> None:
    (click_data / "README.md").write_text("# My own notes\n")
    write_card(click_data)
    assert (click_data / "README.md").read_text() == "# My own notes\n"


def test_a_hostile_name_stays_a_name(tmp_path: Path) -> None:
    folder = code(tmp_path / "data", "x", [code_trace(1, "x")])
    plan = json.loads((folder / "run.json").read_text())
    plan["source"]["name"] = "a; rm -rf ~ | `x`"
    (folder / "run.json").write_text(json.dumps(plan))
    write_card(folder)
    assert "'pypi:a; rm -rf ~ | `x`==1.0'" in (folder / "README.md").read_text()


# --- commands


def rpsdg(*arguments: object) -> Any:
    return CliRunner().invoke(cli, list(map(str, arguments)), standalone_mode=False)


def test_commands(click_data: Path, shop_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "all"
    merged = rpsdg("merge", click_data, shop_data, "--out", out, "--json")
    assert json.loads(merged.output.splitlines()[-1])["merged"]["written"] == 22
    assert rpsdg("filter", out, "--repository", "shop", "--out", tmp_path / "f").return_value == ExitCode.OK
    assert len(ids(tmp_path / "f")) == 10
    assert rpsdg("sample", out, "-n", 5, "--by", "rule", "--out", tmp_path / "s").return_value == ExitCode.OK
    assert len(ids(tmp_path / "s")) == 5
    few = rpsdg("sample", out, "-n", 50, "--out", tmp_path / "few")
    assert few.return_value == ExitCode.EXHAUSTED
    assert rpsdg("split", out, "--by", "file", "--out", tmp_path / "p").return_value == ExitCode.OK
    counted = rpsdg("stats", out, "--json")
    found = json.loads(counted.output)
    assert found["repositories"] == {"click": 12, "shop": 10}
    assert found["contamination"] == {"SWE-smith": 12}
    assert rpsdg("filter", out, "--out", tmp_path / "no").exception is not None
    assert not (tmp_path / "no").exists()
