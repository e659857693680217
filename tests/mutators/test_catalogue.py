"""The catalogue: what it says of every mutator, mutators of third parties, and the laws that hold for all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rpsdg.mutators import rules
from rpsdg.mutators.families import Family
from rpsdg.mutators.laws import check_mutator
from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.rules import all_mutators, distribution_of
from rpsdg.mutators.rules.half_renamed import HalfRenamed
from rpsdg.mutators.rules.shifted_boundary import ShiftedBoundary
from rpsdg.mutators.sampling import candidates
from rpsdg.mutators.third_party import BrokenMutatorError
from rpsdg.runs.catalogue import as_markdown, choose_mutators, frequencies, page_of, read_observed
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.conformance import BrokenLawError
from rpsdg.traces.errors import UsageError

DOCS = Path(__file__).parents[2] / "docs" / "catalogue.md"

REVERSED = '''
import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.wording import shown


class LostReverse(Mutator):
    """Lose the order: a list is sorted the wrong way round.

    Plants
        What should come last comes first.
    Shows as
        The right items in the wrong order.
    """

    family = "arguments"
    sample = Sample(
        before="def latest(years):\\n    return sorted(years, reverse=True)\\n",
        after="def latest(years):\\n    return sorted(years, reverse=False)\\n",
        test="def test_latest_comes_first():\\n    assert latest([1, 2]) == [2, 1]\\n",
    )

    @classmethod
    def sites(cls, source):
        for arg in source.nodes(cst.Arg):
            match arg:
                case cst.Arg(keyword=cst.Name("reverse"), value=cst.Name("True")):
                    yield source.replace(arg.value, b"False")

    def explain(self):
        return f"The order is the wrong one: write {shown(self.old)}, not {shown(self.new)}."
'''


def offer(folder: Path, module: str, text: str, *entries: str) -> None:
    """Make `folder` hold an installed distribution `acme-bugs` with one module and these entry points."""
    folder.mkdir(exist_ok=True)
    (folder / f"{module}.py").write_text(text)
    about = folder / "acme_bugs-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-bugs\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("\n".join(["[rpsdg.mutators]", *entries, ""]))


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Install a scratch distribution for the length of a test."""

    def forget() -> None:
        rules.all_mutators.cache_clear()
        rules._distributions.cache_clear()

    def install(module: str, text: str, *entries: str) -> None:
        offer(tmp_path / "site", module, text, *entries)
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        forget()

    yield install
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize(
    ("module", "entry"),
    [("acme_class", "lost-reverse = acme_class:LostReverse"), ("acme_module", "all = acme_module")],
)
def test_third_party(install, module, entry):
    install(module, REVERSED, entry)

    mutator = all_mutators()["lost-reverse"]
    program = Tree({"program.py": Entry(mutator.sample.before.encode())})

    assert list(all_mutators()) == sorted(all_mutators())
    assert distribution_of(mutator) == "acme-bugs"
    assert page_of(mutator, {}).distribution == "acme-bugs"
    assert "lost-reverse" in {move.rule for move in candidates(program)}
    check_mutator(mutator)


def test_third_party_twice_by_two_entry_points(install):
    install("acme_twice", REVERSED, "one = acme_twice", "two = acme_twice:LostReverse")

    assert "lost-reverse" in all_mutators()


@pytest.mark.parametrize(
    ("module", "text", "entry", "words"),
    [
        ("acme_absent", "", "x = acme_missing:X", ["acme_missing", "cannot be loaded"]),
        ("acme_raises", "raise ZeroDivisionError('no')\n", "x = acme_raises", ["cannot be loaded: no"]),
        ("acme_number", "X = 3\n", "x = acme_number:X", ["neither a mutator nor a module"]),
        ("acme_other", "class X: pass\n", "x = acme_other:X", ["neither a mutator nor a module"]),
        ("acme_empty", "", "x = acme_empty", ["no mutator in the module"]),
        (
            "acme_clash",
            REVERSED.replace("LostReverse", "DroppedGuard"),
            "x = acme_clash",
            ["`dropped-guard`", "rpsdg has one"],
        ),
        (
            "acme_family",
            REVERSED.replace('"arguments"', '"magic"'),
            "x = acme_family",
            ["`lost-reverse`", "arguments", "rewrites"],
        ),
    ],
)
def test_third_party_that_is_no_mutator(install, module, text, entry, words):
    install(module, text, entry)

    with pytest.raises(BrokenMutatorError) as caught:
        all_mutators()

    for word in ["`acme-bugs`", *words]:
        assert word in str(caught.value)
    assert "rpsdg.mutators" in caught.value.hint


def test_third_party_on_the_command_line(tmp_path, environ):
    offer(tmp_path / "site", "acme_lines", REVERSED, "lost-reverse = acme_lines:LostReverse")
    (tmp_path / "program.py").write_text("x = sorted(y, reverse=True)\n")

    def rpsdg(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "rpsdg.cli", *arguments],
            capture_output=True,
            text=True,
            check=True,
            env={**environ, "PYTHONPATH": str(tmp_path / "site")},
        ).stdout

    page = json.loads(rpsdg("catalogue", "--rule", "lost-reverse", "--json"))
    checked = json.loads(rpsdg("catalogue", "--rule", "lost-reverse", "--check", "--json"))
    shown = rpsdg("preview", str(tmp_path / "program.py"), "--rule", "lost-reverse")

    assert page["distribution"] == "acme-bugs"
    assert checked == {"event": "lawful", "rule": "lost-reverse"}
    assert "+x = sorted(y, reverse=False)" in shown


SAMPLE = ShiftedBoundary.sample


def changed(**changes: object) -> type[Mutator]:
    """Return a lawful mutator with some of it replaced."""
    return type("ChangedBoundary", (ShiftedBoundary,), {"__doc__": ShiftedBoundary.__doc__, **changes})


@pytest.mark.parametrize(
    ("changes", "law"),
    [
        ({"__doc__": None}, "whole page"),
        ({"__doc__": "Break a law."}, "whole page"),
        ({"family": "magic"}, "`magic` is no family"),
        ({"sample": Sample(SAMPLE.before, SAMPLE.before, SAMPLE.test)}, "0 of its moves, not one"),
        ({"sample": Sample(SAMPLE.before, SAMPLE.after, "def test_all(): pass\n")}, "in spite of the bug"),
        (
            {"sample": Sample(SAMPLE.before, SAMPLE.after, "def test_no():\n    assert 0\n")},
            "fails without the bug",
        ),
        ({"explain": lambda self: "wrong"}, "not a sentence"),
        ({"explain": lambda self: "Wrong."}, "does not name both texts"),
    ],
)
def test_a_broken_law_is_noticed(changes, law):
    with pytest.raises(BrokenLawError, match=law):
        check_mutator(changed(**changes))


def test_what_is_lawful_passes():
    check_mutator(changed())


@pytest.mark.parametrize("mutator", [pytest.param(m, id=i) for i, m in all_mutators().items()])
def test_every_mutator_has_a_page(mutator):
    page = page_of(mutator, {})

    assert page.title.endswith(".")
    assert page.sample.startswith("diff --git a/program.py")
    assert page.frequencies == frequencies()[Family(mutator.family)]


def test_every_family_has_its_frequencies():
    assert list(frequencies()) == list(Family)


def test_shares_of_the_collections_add_up():
    """TSSB-3M's 20 patterns, each in one family: their shares are known to add up to about a hundred."""
    listed = [one for found in frequencies().values() for one in found.tssb]

    assert len({one.category for one in listed}) == len(listed) == 20
    assert sum(one.percent for one in listed) == pytest.approx(100, abs=1)


def test_the_documentation_is_up_to_date():
    own = [mutator for mutator in all_mutators().values() if distribution_of(mutator) == "rpsdg"]
    observed = read_observed()

    assert DOCS.read_text() == as_markdown([page_of(mutator, observed) for mutator in own]), "run `make docs`"


def test_pages_say_why_tests_seldom_catch_what_they_seldom_caught():
    mutators = all_mutators()
    seldom = [rule for rule, seen in read_observed().items() if seen.confirmed < 0.25 * seen.candidates]

    assert seldom
    silent = [rule for rule in seldom if "\n    Seldom caught\n" not in (mutators[rule].__doc__ or "")]
    assert not silent


def test_markdown_shows_what_was_measured(observed_file):
    text = as_markdown([page_of(ShiftedBoundary, read_observed(observed_file)), page_of(HalfRenamed, {})])

    assert "### shifted-boundary" in text
    assert "7 of 10 candidates confirmed, 70%, in 2 packages" in text
    assert "-    if i &lt; n:" not in text
    assert "-    if i < n:" in text
    assert "Observed: not measured yet" in text
    assert "| [rewrites](#rewrites) | [half-renamed](#half-renamed) |" in text


def test_choosing():
    assert choose_mutators(["half-renamed", "half-renamed"]) == [HalfRenamed]
    assert HalfRenamed in choose_mutators(family="rewrites")
    assert choose_mutators() == list(all_mutators().values())
    for arguments in ((["no"],), ([], "no"), (["half-renamed"], "names")):
        with pytest.raises(UsageError):
            choose_mutators(*arguments)


@pytest.fixture
def observed_file(tmp_path: Path) -> Path:
    path = tmp_path / "observed.json"
    example = {
        "package": "toolz 1.0.0",
        "trace": "ab" * 32,
        "title": "`test_take` fails in toolz 1.0.0",
        "diff": textwrap.dedent("""\
            diff --git a/toolz/x.py b/toolz/x.py
            --- a/toolz/x.py
            +++ b/toolz/x.py
            @@ -1 +1 @@
            -    if i < n:
            +    if i <= n:
            """),
    }
    figures = {"candidates": 10, "confirmed": 7, "packages": 2, "example": example}
    path.write_text(json.dumps({"shifted-boundary": figures}))
    return path


@pytest.fixture
def environ() -> dict[str, str]:
    return {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
