"""Topics of other distributions: the worked example through every command, and what is broken is named."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from rpsdg.math_domains.laws import check_topic
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.registry import TOPICS, all_topics
from rpsdg.math_domains.third_party import GROUP, BrokenTopicError, third_party_topics
from rpsdg.math_domains.topics import Topic
from rpsdg.traces.errors import ExitCode

from ..conftest import lines_of, unpack

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "kinematics"
FAMILIES = ("change-of-speed", "meeting-of-movers", "uniform-acceleration")

DOUBLING = '''
"""A topic of one family."""

from rpsdg.math_domains.family import Family
from rpsdg.math_domains.algebra.rules.numbers import Evaluate
from rpsdg.math_domains.tape import Tape


class DoubleNumber(Family):
    """Double a number."""

    topic = "acme/doubling"
    asks = ("What is {problem}?",)

    def lay(self, rng, level):
        return Tape(("*", 2, rng.randint(2, 10**level))).do(Evaluate)
'''


def describe(site: Path, distribution: str, entries: str) -> None:
    """Make a folder on the path hold the metadata of an installed distribution."""
    about = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(entries)


def offer(site: Path, package: str, families: str | None, entry: str | None = None) -> None:
    """Make a folder on the path hold a distribution `apex-topics` with one package."""
    (site / package).mkdir(parents=True)
    (site / package / "__init__.py").write_text("")
    if families is not None:
        (site / package / "families").mkdir()
        (site / package / "families" / "__init__.py").write_text("")
        (site / package / "families" / "some.py").write_text(families)
    describe(site, "apex-topics", f"[{GROUP}]\n{entry or f'acme = {package}'}\n")


Rpsdg = Callable[..., "subprocess.CompletedProcess[str]"]


def runner(*sites: Path) -> Rpsdg:
    """Return what runs the command in a process that finds distributions in some folders."""
    path = os.pathsep.join([*map(str, sites), *filter(None, [os.environ.get("PYTHONPATH")])])

    def rpsdg(*arguments: str, module: str = "rpsdg.cli") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=EXAMPLE,
            env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
        )

    return rpsdg


@pytest.fixture(scope="module")
def rpsdg(tmp_path_factory: pytest.TempPathFactory) -> Rpsdg:
    """The command where the example is installed."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    points = project["entry-points"][GROUP]
    site = tmp_path_factory.mktemp("site")
    entries = "\n".join([f"[{GROUP}]", *[f"{name} = {value}" for name, value in points.items()], ""])
    describe(site, project["name"], entries)
    (site / "rpsdg_kinematics").symlink_to(EXAMPLE / "rpsdg_kinematics")
    return runner(site)


def events(done: subprocess.CompletedProcess[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_list_has_families_of_the_example(rpsdg: Rpsdg) -> None:
    listed = {event["name"]: event for event in events(rpsdg("math", "--list", "--json"))}

    assert {listed[name]["distribution"] for name in FAMILIES} == {"rpsdg-kinematics"}
    assert listed["linear-equation"]["distribution"] == "rpsdg"


@pytest.fixture(scope="module")
def made(rpsdg: Rpsdg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of the example, by two processes, some of it with wrong steps."""
    folder = tmp_path_factory.mktemp("made") / "out"
    arguments = ["kinematics", "--count", "20", "--wrong-steps", "0.3", "--jobs", "2", "--out", str(folder)]
    done = rpsdg("math", *arguments, "--json")
    assert done.returncode == ExitCode.OK, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["traces"] == dict.fromkeys(FAMILIES, 20)
    return folder


def test_the_commands_that_read_a_data_set_read_it(rpsdg: Rpsdg, made: Path) -> None:
    first = json.loads(lines_of(made).splitlines()[0])

    assert rpsdg("verify", str(made)).returncode == ExitCode.OK
    shown = rpsdg("show", str(made), first["id"]).stdout
    assert first["answer"]["text"] in shown
    assert "physics/kinematics" in shown
    assert first["id"][:12] in rpsdg("show", str(made)).stdout
    assert rpsdg("stats", str(made), "--json").returncode == ExitCode.OK


def test_a_false_claim_about_a_motion_is_found(rpsdg: Rpsdg, made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "out")
    unpack(tmp_path / "out", lines_of(made).replace(" m/s² ".encode(), " km/s² ".encode()))

    assert rpsdg("verify", str(tmp_path / "out")).returncode == ExitCode.FALSE_CLAIM


def test_without_the_distribution_its_traces_have_no_family(made: Path, tmp_path: Path) -> None:
    done = runner()("verify", str(made))

    assert done.returncode == ExitCode.FALSE_CLAIM
    assert "there is no family `change-of-speed`" in done.stderr


def test_splits_share_no_shape(rpsdg: Rpsdg, tmp_path: Path) -> None:
    shapes = {}
    for split in ("train", "validation"):
        folder = tmp_path / split
        arguments = ["--count", "15", "--split", split, "--jobs", "1", "--out", str(folder)]
        done = rpsdg("math", "change-of-speed", *arguments)
        assert done.returncode == ExitCode.OK, done.stderr
        shapes[split] = set(re.findall(r'"skeleton":"(\w+)"', lines_of(folder).decode()))

    assert shapes["train"]
    assert shapes["validation"]
    assert not shapes["train"] & shapes["validation"]
    refused = rpsdg("math", "change-of-speed", "--split", "test", "--out", str(tmp_path / "no"))
    assert refused.returncode == ExitCode.USAGE
    assert "`train` and `validation`" in refused.stderr


def test_the_laws_hold_for_the_example(rpsdg: Rpsdg) -> None:
    found = events(rpsdg("math", "kinematics", "--check", "--json"))

    assert {event["event"] for event in found} == {"lawful"}
    assert len(found) == 12
    assert set(FAMILIES) <= {event["name"] for event in found}


def test_the_other_tests_of_the_example_pass(rpsdg: Rpsdg) -> None:
    done = rpsdg("-q", "-p", "no:cacheprovider", "tests", "-k", "not law", module="pytest")

    assert done.returncode == 0, done.stdout


def test_the_code_on_the_page_is_that_of_the_files() -> None:
    page = (ROOT / "docs" / "domains.md").read_text()
    files = [path.read_text() for path in EXAMPLE.rglob("*") if path.suffix in {".py", ".toml"}]
    quotes = re.findall(r"^```(?:python|toml)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)

    assert len(quotes) == 9
    for quote in quotes:
        assert sum(quote in text for text in files) == 1, quote
    for linked in re.findall(r"\]\(([^)]+)\)", page):
        assert (ROOT / "docs" / linked).exists()


def loaded(site: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Topic], list[BrokenTopicError]]:
    monkeypatch.syspath_prepend(str(site))
    return third_party_topics({name: all_topics()[name] for name in TOPICS})


def test_a_topic_of_one_family_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(tmp_path, "apex_one", DOUBLING)

    (topic,), broken = loaded(tmp_path, monkeypatch)

    assert broken == []
    assert (topic.name, topic.distribution, list(topic.families)) == (
        "acme",
        "apex-topics",
        ["double-number"],
    )
    assert Problems(topic.families["double-number"])[0].answer.text.isdigit()


@pytest.mark.parametrize(
    ("package", "families", "entry", "words"),
    [
        ("apex_absent", None, "x = apex_missing", ["apex_missing", "cannot be loaded: ModuleNotFoundError"]),
        ("apex_raises", "1 / 0\n", None, ["`apex_raises`", "ZeroDivisionError: division by zero"]),
        ("apex_syntax", "class\n", None, ["SyntaxError"]),
        ("apex_none", None, None, ["there is no family in `apex_none.families`"]),
        ("apex_empty", "", None, ["there is no family in `apex_empty.families`"]),
        ("apex_part", DOUBLING, "x = apex_part:thing", ["`apex_part:thing` is no package"]),
        ("apex_silent", DOUBLING.replace("asks =", "ask ="), None, ["`double-number`", "no `asks`"]),
        ("apex_code", DOUBLING.replace("acme/", "code/"), None, ["`code/doubling`"]),
        (
            "apex_clash",
            DOUBLING.replace("DoubleNumber", "LinearEquation"),
            None,
            ["its family `linear-equation` is the name of one of rpsdg"],
        ),
        ("apex_topic", DOUBLING, "algebra = apex_topic", ["`algebra` is a topic of rpsdg already"]),
        (
            "apex_module",
            "",
            "x = apex_module.families.some",
            ["`apex_module.families.some` cannot be loaded"],
        ),
    ],
)
def test_what_is_no_topic_is_named_and_left_out(
    package, families, entry, words, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(tmp_path, package, families, entry)

    topics, (error,) = loaded(tmp_path, monkeypatch)

    assert topics == []
    for word in ["the distribution `apex-topics`", *words]:
        assert word in str(error)
    assert GROUP in error.hint


@pytest.fixture(scope="module")
def beside_broken(tmp_path_factory: pytest.TempPathFactory) -> Rpsdg:
    """The command where a distribution is installed that cannot be imported."""
    site = tmp_path_factory.mktemp("broken")
    offer(site, "apex_broken", "import apex_of_which_there_is_none\n")
    return runner(site)


def test_what_needs_no_broken_distribution_works(beside_broken: Rpsdg, tmp_path: Path) -> None:
    listed = beside_broken("math", "--list")
    done = beside_broken("math", "linear-equation", "--count", "3", "--jobs", "1", "--out", str(tmp_path))

    assert (listed.returncode, done.returncode) == (ExitCode.OK, ExitCode.OK)
    assert "linear-equation" in listed.stdout
    assert "`apex-topics`" in listed.stderr
    assert "apex_of_which_there_is_none" in listed.stderr
    assert "apex" not in done.stderr
    assert beside_broken("verify", str(tmp_path)).returncode == ExitCode.OK


def test_what_needs_a_broken_distribution_says_so(beside_broken: Rpsdg, tmp_path: Path) -> None:
    for arguments in (["acme", "--out", str(tmp_path)], ["acme", "--check"]):
        done = beside_broken("math", *arguments)

        assert done.returncode == ExitCode.USAGE
        assert "there is no family `acme`" in done.stderr
        assert "`apex-topics`" in done.stderr
        assert "Traceback" not in done.stderr


def test_an_installed_topic_changes_nothing_of_ours(rpsdg: Rpsdg, tmp_path: Path) -> None:
    arguments = [
        "linear-equation",
        "--count",
        "80",
        "--split",
        "train",
        "--wrong-steps",
        "0.5",
        "--jobs",
        "1",
    ]
    for name, run in (("with", rpsdg), ("without", runner())):
        assert run("math", *arguments, "--out", str(tmp_path / name)).returncode == ExitCode.OK

    with_it, without_it = (lines_of(tmp_path / name) for name in ("with", "without"))
    assert with_it == without_it


def test_a_broken_law_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(tmp_path, "apex_unlawful", DOUBLING.replace("10**level", "3"))

    (topic,), _ = loaded(tmp_path, monkeypatch)
    ((name, error),) = check_topic(topic)

    assert name == "double-number"
    assert "double-number breaks the law" in str(error)
