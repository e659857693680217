"""A refresh works on what changed, and on nothing else; whatever ends it, the next one goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.lock import Lock
from rpsdg.corpora.manifest import Manifest
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.refreshing.checking import disagreements
from rpsdg.runs.refreshing.outcome import Done, Outcome, Retired
from rpsdg.runs.refreshing.reporting import as_markdown, log_lines
from rpsdg.runs.refreshing.terms import Budget
from rpsdg.runs.status import look
from rpsdg.runs.verify import verify
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode

from .conftest import Command
from .refreshing_home import NAMES, PRICES, TESTS, Home


@pytest.fixture
def home(tmp_path: Path, settings: Settings, local_sandbox: LocalSandbox) -> Home:
    return Home(tmp_path, settings, local_sandbox)


def committed(folder: Path) -> dict[Path, bytes]:
    """Return the files of a corpus but those that `.rpsdg/.gitignore` keeps out of commits."""
    own = (folder / ".rpsdg/.gitignore").read_text().split()
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if not any(path.match(one) for one in own)}


class Looks(Budget):
    """A budget that is spent when it has been looked at a number of times, and not by the clock."""

    def __init__(self, times: int) -> None:
        super().__init__()
        object.__setattr__(self, "looks", iter(range(times)))

    def within(self, span: str | None) -> Budget:
        return self

    def spent(self) -> bool:
        return next(self.looks, None) is None  # type: ignore[attr-defined]


@pytest.mark.slow
def test_it_works_on_what_changed_and_on_nothing_else(home: Home) -> None:
    first = home.refresh()
    made = home.ids()
    assert home.shop(first).added == len(made) == home.count
    assert first.changed
    assert home.opened == 1
    assert disagreements(home.corpus) == []

    nothing = home.refresh()
    assert (home.opened, nothing.changed, home.shop(nothing).state) == (0, False, "unchanged")

    words = PRICES.replace("def cheapest(prices):\n", 'def cheapest(prices):\n    """Return the least."""\n')
    home.commit({"README.md": "# Shop\n", "prices.py": f"# What it costs\n{words}"})
    lock = home.corpus.lock()
    documented = home.refresh()
    assert (home.opened, documented.changed, home.shop(documented).state) == (0, False, "advanced")
    after = home.corpus.lock()
    assert lock is not None
    assert after is not None
    assert after.sources["shop"].commit == home.git("rev-parse", "HEAD") != lock.sources["shop"].commit
    assert after.sources["shop"].parts == lock.sources["shop"].parts
    assert home.ids() == made

    # One function: what its tests reach is confirmed anew, the rest is carried.
    home.commit(
        {
            "prices.py": words.replace(
                "return sum(prices) - discount", "less = discount\n    return sum(prices) - less"
            )
        }
    )
    planned = home.refresh(dry_run=True)
    assert (home.opened, home.ids(), home.corpus.lock()) == (0, made, after)
    changed = home.refresh()
    done = home.shop(changed)
    assert home.opened == 1
    assert home.shop(planned).touched == done.confirmed_again + len(done.retired) > 0
    assert done.carried == len(made) - home.shop(planned).touched > 0
    assert done.moved == 0
    assert len(home.ids() & made) == done.carried
    assert disagreements(home.corpus) == []
    notices_what_is_tampered_with(home)


def notices_what_is_tampered_with(home: Home) -> None:
    """Change what lies there, piece by piece, and put it back."""
    assert disagreements(home.corpus) == []
    for path in (
        home.corpus.lock_path,
        home.folder / "data" / "index.json",
        *home.folder.glob(".rpsdg/parts/*/*/part.json"),
    ):
        was = path.read_bytes()
        path.write_bytes(was.replace(b'"', b"'", 1))
        assert disagreements(home.corpus), path
        path.write_bytes(was)
    lock = Lock.read(home.corpus.lock_path)
    assert lock is not None
    assert lock.text == home.corpus.lock_path.read_bytes()
    text = home.manifest.read_text()
    home.manifest.write_text(text.replace("count = 5", "count = 6"))
    assert any("other terms" in line for line in disagreements(home.corpus))
    home.manifest.write_text(text)
    assert disagreements(home.corpus) == []
    for name in ("corpus.lock", ".rpsdg/parts/shop"):
        (home.folder / name).rename(home.folder / "aside")
        assert disagreements(home.corpus)
        (home.folder / "aside").rename(home.folder / name)


@pytest.mark.slow
def test_what_is_gone_is_retired_and_what_moved_is_found(home: Home) -> None:
    home.refresh()
    # A function that is gone takes its tasks along, which are kept, and told; others fill their places.
    before = home.rows()
    home.commit(
        {
            "names.py": "def nobody():\n    return []\n",
            "test_all.py": TESTS.replace("from names import initials\n", "").partition(
                "\n\ndef test_initials"
            )[0]
            + "\n",
        }
    )
    gone = home.refresh()
    done = home.shop(gone)
    named = {name for name, (_, path) in before.items() if path == "names.py"}
    assert {task.trace for task in done.retired} == named != set()
    assert all("initials" in task.reason for task in done.retired)
    assert named.isdisjoint(home.ids())
    page = as_markdown(gone)
    assert "Retired from shop" in page
    assert "`initials` of names.py is gone" in page.replace("\\", "")
    assert any(line.startswith("::notice title=shop::") for line in log_lines(gone))

    # A file that got another name takes its tasks with it.
    home.commit(
        {
            "prices.py": None,
            "costs.py": (home.repository / "prices.py").read_text(),
            "test_all.py": (home.repository / "test_all.py")
            .read_text()
            .replace("prices import", "costs import"),
        }
    )
    renamed = home.refresh()
    done = home.shop(renamed)
    assert done.moved > 0
    assert done.confirmed_again == 0
    assert {path for _, path in home.rows().values()} == {"costs.py"}
    assert disagreements(home.corpus) == []

    # And all that there is now is true, each at the tree that it was confirmed on.
    checked = list(
        verify(
            Dataset(home.folder / "data"),
            home.settings,
            lambda: home.sandbox,
            jobs=2,
            timeout=60.0,
            report=PlainReporter(home.count, "traces"),
        )
    )
    assert [one.false for one in checked] == [()] * renamed.count


@pytest.mark.slow
def test_at_the_budget_it_stops_and_the_next_goes_on(
    home: Home, tmp_path_factory: pytest.TempPathFactory, settings: Settings, local_sandbox: LocalSandbox
) -> None:
    stopped = home.refresh(Looks(3))
    assert (home.shop(stopped).state, stopped.code) == ("stopped", ExitCode.UNFINISHED)
    assert home.corpus.pins().keys() == {"shop"}
    assert look(home.folder).condition == "interrupted"
    # Meanwhile something new comes; what was begun is finished first.
    begun = home.git("rev-parse", "HEAD")
    home.commit({"names.py": NAMES.replace("upper", "title")})
    finished = home.refresh()
    lock = home.corpus.lock()
    assert lock is not None
    assert (lock.sources["shop"].commit, finished.code) == (begun, ExitCode.OK)
    assert home.corpus.pins() == {}

    undisturbed = Home(tmp_path_factory.mktemp("undisturbed"), settings, local_sandbox)
    undisturbed.jobs = 1
    undisturbed.refresh()
    assert home.ids() == undisturbed.ids()


def test_one_unusable_source_does_not_stop_the_others(rpsdg: Command, tmp_path: Path) -> None:
    manifest = tmp_path / "corpus.toml"
    manifest.write_text(
        '[[source]]\npath = "nowhere"\n\n'
        '[[mathematics]]\nname = "algebra"\nfamilies = ["linear-equation"]\ncount = 3\n'
    )
    told = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(tmp_path / "out"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "page"),
    }
    done = rpsdg("refresh", manifest, "--json", "--summary", tmp_path / "report.md", **told)
    summary = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == summary["exit_code"] == ExitCode.SOURCE, done.stderr
    assert [(one["name"], one["state"]) for one in summary["sources"]] == [
        ("nowhere", "failed"),
        ("algebra", "changed"),
    ]
    assert len(list(Dataset(tmp_path / "data").traces())) == summary["count"] == 3
    outputs = dict(line.split("=") for line in (tmp_path / "out").read_text().splitlines())
    assert (outputs["changed"], outputs["traces"], outputs["exit-code"]) == ("true", "3", "3")
    assert (tmp_path / "page").read_text() == (tmp_path / "report.md").read_text()
    assert "could not be refreshed" in (tmp_path / "report.md").read_text()
    assert str(tmp_path) not in (tmp_path / "corpus.lock").read_text()

    checked = rpsdg("refresh", manifest, "--check")
    assert checked.returncode == ExitCode.DISAGREEMENT
    assert "corpus.toml:1" in checked.stderr

    manifest.write_text(manifest.read_text().partition("\n\n")[2])
    again = rpsdg("refresh", manifest, "--annotations", "none")
    assert again.returncode == ExitCode.OK, again.stderr
    assert "unchanged" in again.stdout
    assert rpsdg("refresh", manifest, "--check").returncode == ExitCode.OK
    files = committed(tmp_path)
    assert rpsdg("refresh", manifest).returncode == ExitCode.OK
    assert committed(tmp_path) == files


@pytest.mark.slow
def test_killed_in_the_middle_it_ends_as_if_nothing_had_been(
    home: Home,
    environ: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    settings: Settings,
    local_sandbox: LocalSandbox,
) -> None:
    program = [sys.executable, "-m", "rpsdg.cli"]
    command = [*program, "refresh", str(home.manifest), "--sandbox", "local", "--json"]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "outcome":
                os.killpg(process.pid, signal.SIGKILL)
                break
    assert home.corpus.lock() is None
    time.sleep(0.5)  # until what it had started is gone, too
    assert look(home.folder).condition == "died"
    subprocess.run([*program, "resume", home.folder], env=environ, check=True, capture_output=True)
    status = look(home.folder)
    assert (status.condition, status.runs, status.parked) == ("done", 2, 0)
    undisturbed = Home(tmp_path_factory.mktemp("undisturbed"), settings, local_sandbox)
    undisturbed.refresh()
    assert home.ids() == undisturbed.ids()
    assert disagreements(home.corpus) == []


@pytest.mark.parametrize(
    ("said", "given", "seconds"),
    [
        ("", None, None),
        ('budget = "2h"', None, 7200),
        ('budget = "2h"', 60, 60),
        ("max_cost = 0.5\nprice_per_hour = 2", None, 900),
        ('budget = "10m"\nmax_cost = 0.5\nprice_per_hour = 2', None, 600),
        ("max_cost = 0.5\nprice_per_hour = 2", 3600, 900),
    ],
)
def test_what_a_refresh_may_spend(said: str, given: float | None, seconds: float | None) -> None:
    manifest = Manifest.parsed(Path("corpus.toml"), f'[corpus]\n{said}\n[[source]]\npypi = "x"\n')
    before = time.monotonic()
    budget = Budget.of(manifest, given)
    if seconds is None:
        assert budget.end is None
        assert not budget.spent()
    else:
        assert budget.end is not None
        assert before + seconds <= budget.end <= time.monotonic() + seconds
    part = budget.within("5m")
    assert part.end is not None
    assert part.end <= time.monotonic() + min(300, seconds or 300)
    assert Budget(before).spent()


def test_a_report_holds_no_markup_of_others() -> None:
    retired = [Retired(str(n) * 20, "a-rule", "x.py", n, "gone | *away* <b>[x](y)\nmore") for n in range(30)]
    failed = Done(name="bad", state="failed", error="no `thing`\n::error::", code=6)
    outcome = Outcome(sources=[Done(name="a", state="changed", retired=retired), failed], count=3)
    page = as_markdown(outcome)
    assert r"gone \| \*away\* \<b\>\[x\](y)" in page
    assert "more" not in page
    assert page.count("\n- ") == 21
    assert "- and 10 ×" in page
    assert outcome.code == ExitCode.FAILING_BASELINE
    lines = list(log_lines(outcome))
    assert all("\n" not in line for line in lines)
    assert "::warning title=bad could not be refreshed::no `thing`%0A::error::" in lines


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.timeout(900)  # environments are searched, and suites run, of real packages
def test_consecutive_releases(home: Home) -> None:
    text = '[[source]]\npypi = "toolz"\nversions = "=={version}"\ncount = 2\nconfirm = "covering"\n'
    home.manifest.write_text(text.format(version="0.12.0"))
    first = home.refresh()
    made = home.ids()
    assert first.sources[0].added == len(made) == 2
    home.manifest.write_text(text.format(version="0.12.1"))
    second = home.refresh().sources[0]
    assert (second.before, second.after) == ("0.12.0", "0.12.1")
    assert second.carried + second.confirmed_again + second.moved + len(second.retired) == 2
    assert len(home.ids() & made) == second.carried
    assert disagreements(home.corpus) == []
