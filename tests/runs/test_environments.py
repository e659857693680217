"""The command `rpsdg env`, as a user runs it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rpsdg.traces.errors import ExitCode

from .conftest import Command, write

NEEDY = {
    "needy.py": "ANSWER = 42\n",
    "test_needy.py": "import needy\n\ndef test_it(mocker):\n    mocker.patch.object(needy, 'ANSWER', 1)\n"
    "    assert needy.ANSWER == 1\n\ndef test_more():\n    assert needy.ANSWER == 42\n",
    "requirements-dev.txt": "pytest-mock<4\nruff; python_version < '3'\n",
    "requirements-test.txt": "six\n",
}


def only(done: subprocess.CompletedProcess[str]) -> Any:
    """Return the last JSON line of a command that ended well."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.network
def test_build_show_replay_and_remove(rpsdg: Command, tmp_path: Path) -> None:
    source = write(tmp_path / "needy-project", NEEDY)
    own = {"RPSDG_CACHE_DIR": str(tmp_path / "cache")}

    stated = only(rpsdg("env", "show", source, "--json", **own))["recipe"]
    assert [one["text"] for one in stated["test_dependencies"]] == ["six"]
    assert stated["test_dependencies"][0]["origin"] == "requirements-test.txt"

    built = only(rpsdg("env", "build", source, "--sandbox", "local", "--json", **own))
    (repair,) = built["environment"]["recipe"]["repairs"]
    assert repair["change"] == {"field": "test_dependencies", "text": "pytest-mock<4"}
    assert (repair["because"], repair["helped"]) == ("fixture 'mocker' not found", 1)
    assert (built["passed"], built["counted"], built["in_use"]) == (2, 2, True)

    shown = rpsdg("env", "show", source, "--json", **own)
    assert only(shown)["environment"] == built["environment"]
    assert "fixture 'mocker' not found" in rpsdg("env", "show", built["id"][:8], **own).stdout
    listed = rpsdg("env", "list", "--sandbox", "local", **own).stdout
    assert built["id"][:12] in listed
    # What was tried on the way is gone.
    disk = only(rpsdg("env", "list", "--sandbox", "local", "--json", **own))
    assert disk["size"] == built["size"] > 100_000

    removed = only(rpsdg("env", "rm", source, "--json", **own))
    assert removed == {"event": "removed", "id": built["id"], "size": built["size"]}
    (tmp_path / "recipe.json").write_text(shown.stdout)
    done = rpsdg(
        *("env", "build", source, "--sandbox", "local", "--recipe", tmp_path / "recipe.json", "--json"),
        RPSDG_CACHE_DIR=str(tmp_path / "other cache"),
    )
    again = only(done)
    assert (again["id"], again["environment"]) == (built["id"], built["environment"])
    assert not any(
        "resolving" in str(line) or "repairing" in str(line)
        for line in map(json.loads, done.stdout.splitlines())
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("rm",), ExitCode.USAGE, "--all"),
        (("rm", "nothing-like-it"), ExitCode.USAGE, "env list"),
        (("show", "nowhere"), ExitCode.SOURCE, "nowhere"),
        (("build", ".", "--recipe", "nowhere.json"), ExitCode.USAGE, "nowhere.json"),
        (("bild",), ExitCode.USAGE, "bild"),
    ],
)
def test_wrong_arguments(
    rpsdg: Command, tmp_path: Path, arguments: tuple[str, ...], code: ExitCode, words: str
) -> None:
    done = rpsdg("env", *arguments, RPSDG_CACHE_DIR=str(tmp_path))
    assert done.returncode == code, done.stderr
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_what_is_no_recipe(rpsdg: Command, tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_text('{"lock": 3}')
    done = rpsdg("env", "build", ".", "--recipe", tmp_path / "recipe.json", RPSDG_CACHE_DIR=str(tmp_path))
    assert done.returncode == ExitCode.USAGE
    assert "not a recorded environment" in " ".join(done.stderr.split())


def test_an_empty_cache_is_listed(rpsdg: Command, tmp_path: Path) -> None:
    done = rpsdg("env", "list", "--sandbox", "local", RPSDG_CACHE_DIR=str(tmp_path), RPSDG_DISK="3G")
    assert done.returncode == 0
    assert "0 environments take 0 MiB; each sandbox may have 3.0 GiB" in done.stdout


@pytest.mark.parametrize("command", ["build", "show", "list", "rm"])
def test_help_has_examples(rpsdg: Command, command: str) -> None:
    assert f"rpsdg env {command}" in rpsdg("env", command, "--help").stdout
