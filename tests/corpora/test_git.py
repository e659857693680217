from __future__ import annotations

import json
import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from rpsdg.corpora import GitSpec, SourceError, SourceSettings, fetch, parse
from rpsdg.corpora.git import remote_commit
from rpsdg.sandbox.tree import Entry, UnsafeTreeError
from rpsdg.traces.errors import RpsdgError, UsageError

from .conftest import Git, Server


@pytest.fixture
def repository(tmp_path: Path, git: Git) -> Path:
    """A repository with what a checkout would change: attributes, filters, links, a submodule, hooks."""
    inner = tmp_path / "inner"
    inner.mkdir()
    git(inner, "init", "-q", "-b", "main")
    (inner / "i").write_text("i")
    git(inner, "add", ".")
    git(inner, "commit", "-qm", "inner")

    root = tmp_path / "a@b" / "repo"
    root.mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    (root / "pkg").mkdir()
    (root / "pkg/mod.py").write_bytes(b"x = 1\r\n")
    (root / "pkg/été.txt").write_bytes(b"")
    (root / "run").write_text("#!/bin/sh\n")
    (root / "run").chmod(0o755)
    (root / "link").symlink_to("pkg/mod.py")
    (root / "secret.txt").write_text("$Format:%H$ $Id$")
    (root / "pyproject.toml").write_text('[project]\nname = "n"\nversion = "2.5"\nlicense = "mit"\n')
    marker = tmp_path / "marker"
    (root / ".gitattributes").write_text(
        "secret.txt export-ignore export-subst ident filter=evil\npkg/* text eol=lf filter=evil\n"
    )
    git(root, "add", ".")
    git(root, "submodule", "add", "-q", str(inner), "sub")
    git(root, "commit", "-qm", "one")
    git(root, "tag", "-a", "v1", "-m", "v1")
    git(root, "checkout", "-qb", "feature/x@y")
    (root / "pkg/mod.py").write_text("x = 2\n")
    git(root, "commit", "-qam", "two")
    git(root, "checkout", "-q", "main")
    for name in ("evil.clean", "evil.smudge"):
        git(root, "config", f"filter.{name}", f"touch {marker}; cat")
    git(root, "config", "uploadpack.packObjectsHook", f"touch {marker}; exec")
    git(root, "config", "core.fsmonitor", f"touch {marker}; false")
    for hook in ("post-checkout", "post-merge", "reference-transaction", "post-index-change"):
        path = root / ".git/hooks" / hook
        path.write_text(f"#!/bin/sh\ntouch {marker}\n")
        path.chmod(0o755)
    return root


def address(root: Path, ref: str | None = None) -> str:
    return f"git+file://{root}/.git" + (f"@{ref}" if ref else "")


def asked(root: Path, ref: str | None = None) -> str:
    """Return the commit that a ref names, without a fetch."""
    spec = parse(address(root, ref))
    assert isinstance(spec, GitSpec)
    return remote_commit(spec, SourceSettings())


FILES = {
    ".gitattributes",
    ".gitmodules",
    "link",
    "pkg/mod.py",
    "pkg/été.txt",
    "pyproject.toml",
    "run",
    "secret.txt",
}


def test_the_default_branch_is_read_byte_by_byte_and_nothing_runs(
    repository: Path, git: Git, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    git(repository, "status")
    assert marker.exists(), "the trap works"
    marker.unlink()

    source = fetch(address(repository))

    assert not marker.exists()
    assert set(source.tree) == FILES
    assert source.tree["secret.txt"].data == b"$Format:%H$ $Id$"
    assert source.tree["run"].kind == "exec"
    assert source.tree["link"] == Entry(b"pkg/mod.py", "link")
    assert source.notes == ("submodule `sub` left out",)
    assert source.commit == git(repository, "rev-parse", "main")
    assert (source.kind, source.version, source.licence, source.ref) == ("git", "2.5", "MIT", None)
    assert source.url is None, "a path of this machine is nobody else's business"


def test_the_tree_is_what_git_has(repository: Path, git: Git) -> None:
    source = fetch(address(repository))
    for path in FILES:
        blob = subprocess.run(
            ["git", "cat-file", "blob", f"main:{path}"], cwd=repository, capture_output=True, check=True
        )
        assert source.tree[path].data == blob.stdout


@pytest.mark.parametrize("kind", ["branch", "tag", "full id", "short id", "full name"])
def test_refs_of_every_kind(repository: Path, git: Git, kind: str) -> None:
    branch = git(repository, "rev-parse", "feature/x@y")
    ref, commit = {
        "branch": ("feature/x@y", branch),
        "tag": ("v1", git(repository, "rev-parse", "v1^{commit}")),
        "full id": (branch, branch),
        "short id": (branch[:9], branch),
        "full name": ("refs/heads/feature/x@y", branch),
    }[kind]
    source = fetch(address(repository, ref))
    assert (source.commit, source.ref) == (commit, ref)
    assert asked(repository, ref) == commit
    assert (source.tree["pkg/mod.py"].data == b"x = 2\n") == (commit == branch)


@pytest.mark.parametrize("ref", ["v2", "feature/x", "0" * 40, "abcdef0123"])
def test_an_unknown_ref_is_named(repository: Path, ref: str) -> None:
    with pytest.raises(SourceError, match=ref):
        fetch(address(repository, ref))
    if len(ref) < 40:  # a whole id is believed until it is fetched
        with pytest.raises(SourceError, match=ref):
            asked(repository, ref)


def test_the_hint_names_refs_near_an_unknown_one(repository: Path) -> None:
    with pytest.raises(SourceError) as caught:
        fetch(address(repository, "feature/x"))
    assert "feature/x@y" in caught.value.hint


def test_an_empty_and_a_missing_repository(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    with pytest.raises(SourceError) as caught:
        fetch(f"git+file://{tmp_path}/empty.git")
    assert "empty" in caught.value.hint
    with pytest.raises(SourceError, match=r"none\.git"):
        fetch(f"git+file://{tmp_path}/none.git")


def test_a_tag_of_a_blob_is_no_commit(repository: Path, git: Git) -> None:
    git(repository, "tag", "blob", "main:run")
    with pytest.raises(SourceError, match="commit"):
        fetch(address(repository, "blob"))


def test_a_user_configuration_has_no_say(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f'[url "file:///nowhere/"]\n\tinsteadOf = file://{repository}\n')
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "url.file:///nowhere/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "file://")
    assert set(fetch(address(repository)).tree) == FILES


@pytest.mark.parametrize(
    ("mode", "path", "target"),
    [
        ("120000", "l", b"../out"),
        ("120000", "l", b"/etc/passwd"),
        ("100644", "../out", b""),
        ("100644", "x/../../y", b""),
    ],
)
def test_a_hostile_tree_is_refused(tmp_path: Path, git: Git, mode: str, path: str, target: bytes) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "r")
    root = tmp_path / "r"
    blob = _object(root, "blob", target)
    for name in reversed(path.split("/")):
        entry = f"{mode} {name}".encode() + b"\0" + bytes.fromhex(blob)
        blob, mode = _object(root, "tree", entry), "40000"
    commit = git(root, "commit-tree", "-m", "x", blob)
    git(root, "update-ref", "refs/heads/main", commit)
    with pytest.raises(UnsafeTreeError, match="`"):
        fetch(address(root))


def test_a_path_twice_in_one_tree_is_refused(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "r")
    root = tmp_path / "r"
    blob = bytes.fromhex(_object(root, "blob", b"x"))
    tree = _object(root, "tree", b"100644 a\0" + blob + b"100644 a\0" + blob)
    git(root, "update-ref", "refs/heads/main", git(root, "commit-tree", "-m", "x", tree))
    with pytest.raises(UnsafeTreeError, match="`a` is in the commit twice"):
        fetch(address(root))


def _object(root: Path, kind: str, data: bytes) -> str:
    command = ["git", "hash-object", "--literally", "-w", "-t", kind, "--stdin"]
    return (
        subprocess.run(command, cwd=root, input=data, capture_output=True, check=True).stdout.decode().strip()
    )


def test_a_tree_bomb_is_refused(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "r")
    root = tmp_path / "r"
    item, mode = _object(root, "blob", b"x"), b"100644"
    for _ in range(10):  # ten to the tenth files from eleven objects
        tree = b"".join(mode + b" %d\0" % number + bytes.fromhex(item) for number in range(10))
        item, mode = _object(root, "tree", tree), b"40000"
    git(root, "update-ref", "refs/heads/main", git(root, "commit-tree", "-m", "x", item))
    with pytest.raises(UnsafeTreeError):
        fetch(address(root))


def test_a_repository_beyond_the_download_limit_is_refused(repository: Path, git: Git) -> None:
    (repository / "big").write_bytes(random.Random(0).randbytes(300_000))
    git(repository, "add", "big")
    git(repository, "commit", "-qm", "big")
    with pytest.raises(UnsafeTreeError, match=r"30\d,\d+ bytes"):
        fetch(address(repository), SourceSettings(max_download=200_000))


def test_the_history_stays_where_it_is(repository: Path, git: Git) -> None:
    (repository / "big").write_bytes(random.Random(0).randbytes(300_000))
    git(repository, "add", "big")
    git(repository, "commit", "-qm", "big")
    git(repository, "rm", "-q", "big")
    git(repository, "commit", "-qm", "small")
    assert set(fetch(address(repository), SourceSettings(max_download=200_000)).tree) == FILES


@pytest.fixture
def private(repository: Path, git: Git, server: Server) -> str:
    """The same repository over http, behind the login `agent` with `hunter2`; the address without it."""
    git(repository, "update-server-info")
    root = repository / ".git"
    for path in root.rglob("*"):
        if path.is_file():
            name = f"/o/repo.git/{path.relative_to(root)}"
            server.answers[name] = (200, "application/octet-stream", path.read_bytes())
    server.require("agent", "hunter2")
    return f"{server.address}/o/repo.git"


def shown(error: RpsdgError) -> str:
    return f"{error}\n{error.hint}\n{error!r}"


def test_without_a_login_the_error_says_how_to_name_one(private: str) -> None:
    with pytest.raises(SourceError) as caught:
        fetch(private)
    assert "git_credentials" in caught.value.hint


def test_a_password_in_the_address_works_and_shows_up_nowhere(private: str, server: Server) -> None:
    source = fetch(private.replace("://", "://agent:hunter2@") + "@main")
    assert set(source.tree) == FILES
    assert source.url == private
    assert "hunter2" not in json.dumps(source.provenance())
    assert "hunter2" not in repr(source)
    assert server.seen[0][1] is None, "not sent before it was asked for"


def test_a_wrong_password_in_the_address_is_not_shown(private: str) -> None:
    with pytest.raises(SourceError) as caught:
        fetch(private.replace("://", "://agent:wrong-horse@"))
    assert "wrong-horse" not in shown(caught.value)
    assert "could not be fetched" in shown(caught.value)


def test_askpass_is_used_when_named_and_only_then(
    private: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "askpass"
    program.write_text('#!/bin/sh\ncase "$1" in Username*) echo agent;; *) echo hunter2;; esac\n')
    program.chmod(0o755)
    monkeypatch.setenv("GIT_ASKPASS", str(program))
    assert set(fetch(private, SourceSettings(git_credentials="askpass")).tree) == FILES
    with pytest.raises(SourceError):
        fetch(private)
    monkeypatch.delenv("GIT_ASKPASS")
    with pytest.raises(UsageError, match="GIT_ASKPASS"):
        fetch(private, SourceSettings(git_credentials="askpass"))


@pytest.fixture
def fake_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `ssh` that writes down its arguments and environment and is refused by the host."""
    record = tmp_path / "record"
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "ssh").write_text(
        f'#!/bin/sh\n{{ printf "%s\\n" "$@"; env; }} > {record}\n'
        'echo "git@h.example: Permission denied (publickey)." >&2\nexit 255\n'
    )
    (programs / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return record


def test_ssh_needs_credentials_named(fake_ssh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "/agent.sock")
    with pytest.raises(SourceError) as caught:
        fetch("git@h.example:o/r.git")
    assert "ssh-agent" in caught.value.hint
    assert not fake_ssh.exists()


def test_ssh_gets_the_agent_and_the_known_hosts_and_nothing_else(
    fake_ssh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "my home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SSH_AUTH_SOCK", "/agent.sock")
    monkeypatch.setenv("MY_TOKEN", "hunter2")
    with pytest.raises(SourceError, match="Permission denied") as caught:
        fetch("git+ssh://git@h.example/o/r.git@main", SourceSettings(git_credentials="ssh-agent"))
    assert "refused" in caught.value.hint
    lines = fake_ssh.read_text().splitlines()
    assert f'UserKnownHostsFile="{home}/.ssh/known_hosts"' in lines
    assert {"BatchMode=yes", "IdentityFile=none", "StrictHostKeyChecking=yes"} <= set(lines)
    assert lines[:2] == ["-F", "/dev/null"]
    assert "SSH_AUTH_SOCK=/agent.sock" in lines
    assert not any("hunter2" in line for line in lines)
    assert f"HOME={home}" not in lines


def test_an_agent_that_is_not_there_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(UsageError, match="SSH_AUTH_SOCK"):
        fetch("git@h.example:o/r.git", SourceSettings(git_credentials="ssh-agent"))


def test_a_host_that_never_answers_is_given_up(
    fake_ssh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = tmp_path / "pid"
    (tmp_path / "programs/ssh").write_text(f"#!/bin/sh\necho $$ > {pid}\nexec sleep 60\n")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/agent.sock")
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"0\.5 seconds"):
        fetch("git@h.example:o/r.git", SourceSettings(git_credentials="ssh-agent", time_limit=0.5))
    assert time.monotonic() - started < 5
    for _ in range(100):
        if not _is_alive(int(pid.read_text())):
            break
        time.sleep(0.02)
    else:
        pytest.fail("the ssh that git started is still running")


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
