from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import pytest

from rpsdg.experiments.localisation.histories import bring
from rpsdg.experiments.localisation.mining import Miner
from rpsdg.experiments.localisation.records import load, masks
from rpsdg.experiments.localisation.reobserving import Reobserver
from rpsdg.experiments.localisation.store import Work
from rpsdg.sandbox.local_runner import LocalSandbox

RIGHT = """\
def largest(xs):
    if not xs:
        return None
    return max(xs)


def one():
    return 1
"""
WRONG = RIGHT.replace("max", "min")
OTHERWISE = RIGHT.replace("return 1", "return int(1)")
TESTS = """\
from basket import *


def test_one():
    assert one() == 1


def test_none():
    assert largest([]) is None
"""
MORE = TESTS + "\n\ndef test_largest():\n    assert largest([1, 2]) == 2\n"


def commit(folder: Path, message: str, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", "add", "."], cwd=folder, check=True)
    subprocess.run(["git", *who, "commit", "-q", "-m", message], cwd=folder, check=True)


@pytest.mark.slow  # several runs of the tests in fresh sandboxes
def test_a_fix_is_told_from_other_commits(tmp_path, settings):
    origin = tmp_path / "owner" / "basket"
    origin.mkdir(parents=True)
    subprocess.run(["git", "init", "-q"], cwd=origin, check=True)
    commit(origin, "Begin", basket=WRONG, test_basket=TESTS)
    commit(origin, "Fix the largest", basket=RIGHT, test_basket=MORE)
    commit(
        origin,
        "Say it another way",
        basket=OTHERWISE,
        test_basket=MORE + "\n",
    )
    commit(origin, "Only words", basket=OTHERWISE + "# the end\n", test_basket=MORE)
    url = "https://git.example.org/owner/basket"
    history = bring(url, tmp_path / "cache", f"file://{tmp_path}/{{owner}}/{{name}}")
    sandbox = LocalSandbox(settings)
    try:
        looked = list(Miner(history, sandbox, settings, tmp_path / "spectra").look(history.commits()))
    finally:
        sandbox.close()
    assert [one.outcome for one in looked] == ["idle", "unseen", "bug"]
    bug = looked[-1].bug
    assert bug is not None
    assert bug.failing == ("test_basket.py::test_largest",)
    assert bug.faulty == {"basket.py": (4,)}
    assert bug.says_fix
    spectrum = load(tmp_path / "spectra", bug.id)
    assert spectrum is not None
    assert masks(spectrum.faulty) == {"basket.py": 1 << 4}
    assert spectrum.passing == 2
    assert spectrum.sources == {"basket.py": WRONG.encode()}
    assert "largest([1, 2])" in spectrum.failing[0].text

    # What the list of bugs says is enough to see it again, elsewhere and by itself.
    work = Work(tmp_path / "elsewhere")
    sandbox = LocalSandbox(settings)
    try:
        gone = msgspec.structs.replace(bug, failing=("test_basket.py::test_one",))
        Reobserver(history, sandbox, settings, work).observe([bug])
        Reobserver(history, sandbox, settings, Work(tmp_path / "wrong")).observe([gone])
    finally:
        sandbox.close()
    assert load(work.spectra, bug.id) == spectrum
    assert Work(tmp_path / "wrong").why_left_out(bug.id) == "unsteady"
