"""The workflows to copy: right by the services' schemas, sound by an auditor, and every step of them run.

Scratch repositories stand for the corpus and what it is made of; `gh` is the only program that is replaced.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rpsdg.corpora.dataset import Dataset

from ..runs.conftest import SHOP, write
from .gitlab import GitLab, answering
from .service import Job, Service, read_yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "workflows"
ACTION = FOLDER / "github" / "actions" / "rpsdg-refresh" / "action.yml"
NIGHTLY = FOLDER / "github" / "workflows" / "corpus-nightly.yml"
ON_PUSH = FOLDER / "github" / "workflows" / "corpus-on-push.yml"
GITLAB = FOLDER / "gitlab" / ".gitlab-ci.yml"
UNCHANGED = 30.0
"""Seconds that a refresh without changes may take: a promise."""

ONE_FUNCTION = {
    "shop/stock.py": SHOP["shop/stock.py"].replace("enumerate(shelves)", "enumerate(list(shelves))")
}
"""What a commit upstream changes."""

GH = """\
#!/usr/bin/env bash
# What `gh` is asked for, and a service that has at most one pull request open.
set -eu
cd "$(dirname "$0")"
echo "$*" >> asked
body() { while [ "$1" != --body-file ]; do shift; done; cat "$2"; }
case "$1 $2" in
  "auth setup-git") ;;
  "pr list") if [ -f open ]; then echo 7; fi ;;
  "pr create") body "$@" > open ;;
  "pr comment") [ "$3" = 7 ] && body "$@" > comment ;;
  *) exit 64 ;;
esac
"""


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("vendor.github-actions", ACTION),
        ("vendor.github-workflows", NIGHTLY),
        ("vendor.github-workflows", ON_PUSH),
        ("vendor.gitlab-ci", GITLAB),
        ("vendor.github-workflows", ROOT / ".github" / "workflows" / "ci.yml"),
    ],
)
def test_what_the_services_accept(schema: str, path: Path) -> None:
    check("check-jsonschema", "--builtin-schema", schema, str(path))


def test_what_an_auditor_of_workflows_says() -> None:
    """Least permissions, pinned actions, no credentials left behind, nothing put into scripts."""
    check(
        "zizmor", "--offline", "--no-config", "--min-severity=medium", *map(str, (ACTION, NIGHTLY, ON_PUSH))
    )


def check(program: str, *arguments: str) -> None:
    installed = Path(sys.executable).with_name(program)
    done = subprocess.run([str(installed), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def requirement(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A wheel of what is tested, which is what the workflows install."""
    folder = tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "source" / name)
    uv = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", str(folder)]
    subprocess.run([*uv, str(folder / "source")], check=True, env=without_rpsdg())
    (wheel,) = folder.glob("*.whl")
    return str(wheel)


def without_rpsdg() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("RPSDG_")}


class Scratch:
    """Bare repositories as services keep them, and a clone of each to change them from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def git(self, folder: Path, *arguments: str) -> str:
        told = ["-c", "user.name=A", "-c", "user.email=a@example.invalid"]
        env = without_rpsdg() | {"GIT_CONFIG_GLOBAL": "/dev/null"}
        done = subprocess.run(
            ["git", *told, *arguments], cwd=folder, env=env, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def make(self, name: str, files: dict[str, str]) -> Path:
        """Return a bare repository with one commit on `main`."""
        bare = self.folder / f"{name}.git"
        self.git(self.folder, "init", "--quiet", "--bare", "--initial-branch", "main", str(bare))
        self.git(self.folder, "clone", "--quiet", str(bare), name)
        self.commit(name, files)
        return bare

    def commit(self, name: str, files: dict[str, str]) -> None:
        """Commit files to `main`, as somebody else would."""
        clone = write(self.folder / name, files)
        self.git(clone, "add", "--all")
        self.git(clone, "commit", "--quiet", "--message", "A change")
        self.git(clone, "push", "--quiet", "origin", "HEAD:main")

    def merge(self, name: str, branch: str) -> None:
        """Merge a proposal into `main` as one commit, and delete its branch."""
        clone = self.folder / name
        self.git(clone, "fetch", "--quiet")
        self.git(clone, "merge", "--quiet", "--squash", f"origin/{branch}")
        self.git(clone, "commit", "--quiet", "--message", "Merged")
        self.git(clone, "push", "--quiet", "origin", "HEAD:main", f":{branch}")


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def corpus(scratch: Scratch) -> tuple[Path, dict[str, str]]:
    """Return a project upstream, and the manifest of a corpus that follows it."""
    upstream = scratch.make("shop", SHOP)
    return upstream, {
        "corpus.toml": f'[[source]]\nname = "shop"\ngit = "file://{upstream}"\nref = "main"\ncount = 4\n'
    }


def service(scratch: Scratch, origin: Path, requirement: str) -> Service:
    programs = scratch.folder / "programs"
    programs.mkdir()
    (programs / "gh").write_text(GH)
    (programs / "gh").chmod(0o755)
    folder = scratch.folder / "service"
    (folder / "caches").mkdir(parents=True)
    return Service(origin, folder, programs, {"requirement": requirement})


def fine(jobs: dict[str, Job]) -> dict[str, Job]:
    for job in jobs.values():
        assert job.ok, job.said
    return jobs


def of_ours() -> dict[str, str]:
    """Return what is copied into a repository to use the workflows."""
    folder = FOLDER / "github"
    return {f".github/{path.relative_to(folder)}": path.read_text() for path in folder.rglob("*.yml")}


@pytest.mark.slow
@pytest.mark.network
def test_nights_in_a_corpus_repository(scratch: Scratch, requirement: str) -> None:
    _, files = corpus(scratch)
    origin = scratch.make("corpus", files | of_ours())
    here = service(scratch, origin, requirement)
    opened, comment = here.programs / "open", here.programs / "comment"

    jobs = fine(here.run(NIGHTLY))  # from nothing
    assert jobs["refresh"].outputs == {"proposed": "true"}
    assert "shop" in opened.read_text()
    assert "shop" in jobs["refresh"].summary
    data = scratch.folder / "first"
    scratch.git(scratch.folder, "clone", "--quiet", "--branch", "rpsdg/refresh", str(origin), str(data))
    assert len(list(Dataset(data / "data").traces())) == 4

    scratch.merge("corpus", "rpsdg/refresh")
    opened.unlink()
    jobs = fine(here.run(NIGHTLY))  # nothing has changed
    assert jobs["refresh"].seconds["Refresh"] < UNCHANGED
    assert set(jobs) == {"refresh"}
    assert not opened.exists()

    scratch.commit("shop", ONE_FUNCTION)
    assert "propose" in fine(here.run(NIGHTLY))
    assert "shop" in opened.read_text()
    report = json.loads(scratch.git(origin, "show", "rpsdg/refresh:.rpsdg/report.json"))
    assert report["sources"][0]["confirmed_again"] > 0
    assert report["sources"][0]["carried"] > 0

    scratch.commit("shop", {"README.md": "A shop.\n"})
    assert "propose" in fine(here.run(NIGHTLY))  # on top of the proposal that is still open
    assert "shop" in comment.read_text()
    ahead = scratch.git(origin, "rev-list", "--count", "main..rpsdg/refresh")
    assert int(ahead) == 2


@pytest.mark.slow
@pytest.mark.docker
@pytest.mark.network
def test_images_are_kept_between_runs(scratch: Scratch) -> None:
    """The two steps of the action that speak to an engine, with a real one; the image is gone in between."""
    command, cache = Path(sys.executable).with_name("rpsdg"), scratch.folder / "cache"
    job = Job(service(scratch, scratch.make("shop", SHOP), ""), scratch.folder / "job", {}, {})
    job.checkout.mkdir()
    installed = {"outputs": {"rpsdg": str(command), "cache": str(cache)}}
    job.contexts |= {"inputs": {"cache": "true", "sandbox": "docker"}, "steps": {"install": installed}}
    steps = {step["name"]: step for step in read_yaml(ACTION)["runs"]["steps"]}

    def environments(*arguments: str) -> str:
        env = without_rpsdg() | {"RPSDG_CACHE_DIR": str(cache)}
        done = subprocess.run(
            [str(command), "env", *arguments], env=env, check=True, capture_output=True, text=True
        )
        return done.stdout

    environments("build", str(scratch.folder / "shop"), "--sandbox", "docker")
    listed = ("list", "--sandbox", "docker", "--json")
    name = json.loads(environments(*listed).splitlines()[0])["id"]
    try:
        job.steps([steps["Keep images"]])
        assert job.ok, job.said
        subprocess.run(
            ["docker", "image", "rm", f"rpsdg/environment:{name}"], check=True, capture_output=True
        )
        assert name not in environments(*listed)
        job.steps([steps["Restore images"]])
        assert job.ok, job.said
        assert name in environments(*listed)
    finally:
        environments("rm", "--all")


@pytest.mark.slow
@pytest.mark.network
def test_pushes_to_a_project(scratch: Scratch, requirement: str) -> None:
    origin = scratch.make("shop", SHOP | of_ours())
    here = service(scratch, origin, requirement)
    event = {"repository": {"name": "Shop"}}

    assert "publish" in fine(here.run(ON_PUSH, event=event))  # makes the branch
    first = scratch.git(origin, "rev-parse", "corpus")
    assert 'path = ".."' in scratch.git(origin, "show", "corpus:corpus.toml")

    scratch.commit("shop", ONE_FUNCTION)
    assert "publish" in fine(here.run(ON_PUSH, event=event))
    assert scratch.git(origin, "rev-parse", "corpus~1") == first


@pytest.mark.slow
@pytest.mark.network
def test_a_pipeline_of_gitlab(scratch: Scratch, requirement: str) -> None:
    _, files = corpus(scratch)
    origin = scratch.make("corpus", files)
    options = scratch.folder / "options"
    scratch.git(origin, "config", "receive.advertisePushOptions", "true")
    hook = origin / "hooks" / "post-receive"
    hook.write_text(f'#!/bin/sh\nenv | grep ^GIT_PUSH_OPTION_[0-9] > "{options}" || true\n')
    hook.chmod(0o755)
    given = {"REQUIREMENT": requirement, "SANDBOX": "local"}
    with answering() as requests:
        here = GitLab(origin, scratch.folder, requests.address, given)
        for name, (status, said) in here.run(GITLAB).items():
            assert status == 0, f"{name}: {said}"
        assert "merge_request.create" in options.read_text()
        assert "merge_request.target=main" in options.read_text()
        assert len(requests.notes) == 1
        assert "shop" in requests.notes[0]
        scratch.merge("corpus", "rpsdg/refresh")
        for name, (status, said) in here.run(GITLAB).items():
            assert status == 0, f"{name}: {said}"
        assert len(requests.notes) == 1
