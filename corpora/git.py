"""Fetch one commit of a git repository and read its tree from the object store, without a checkout."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rpsdg.corpora.git_command import GitCommand, GitLogin, GitResult, git_command
from rpsdg.corpora.licence import find_licence
from rpsdg.corpora.metadata import read_metadata
from rpsdg.corpora.settings import SourceSettings
from rpsdg.corpora.source import Source, SourceError
from rpsdg.corpora.spec import GitSpec
from rpsdg.sandbox.tree import MAX_BYTES, MAX_FILES, Entry, Tree, UnsafeTreeError
from rpsdg.traces.errors import UsageError

__all__ = ["GitFile", "fetch_git", "list_commit", "remote_commit"]

_KINDS = {"100644": "file", "100664": "file", "100755": "exec", "120000": "link"}
_REDIRECTS = {"http": ("http", "https")}
_SUBMODULE = "160000"
_BATCH = 32 * 1024 * 1024  # bytes of blobs read per git command
_WANTED = "refs/rpsdg/wanted"
_ALL_REFS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_HELPER = (
    '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" '
    '"$RPSDG_GIT_USER" "$RPSDG_GIT_PASSWORD"; }; f'
)
_FULL_ID = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_COMMIT_ID = re.compile(r"[0-9a-fA-F]{7,64}")
_LOGIN_FAILED = re.compile(
    r"could not read (?:Username|Password)|terminal prompts disabled|Authentication failed|Permission denied"
    r"|Host key verification failed|requested URL returned error: (?:401|403)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class GitFile:
    """One line of a commit's tree."""

    path: str
    mode: str
    """Six octal digits as git writes them."""
    blob: str
    """The object id of the content."""
    size: int
    """Bytes; 0 for a submodule, and where sizes were not asked for."""


def fetch_git(spec: GitSpec, settings: SourceSettings) -> Source:
    """Return the source at a ref of a git repository.

    Submodules, hooks and filters stay untouched: the files are the commit's own bytes, and all of them,
    whatever its attributes say.

    Raises:
        SourceError: no such repository or ref, no access, no network, or too slow.
        UnsafeTreeError: the tree leaves its folder or is too big.
        UsageError: the credentials named are not there.
    """
    with _git_for(spec, settings) as git, tempfile.TemporaryDirectory(prefix="rpsdg-clone-") as folder:
        bare = Path(folder)
        _expect(git.run(bare, "init", "--quiet", "--bare", "--template=", "."), "no repository could be made")
        commit = _fetch_commit(git, bare, spec, settings)
        files = list_commit(git, bare, commit, sizes=True)
        tree = Tree.from_entries(_read_blobs(git, bare, [file for file in files if file.mode != _SUBMODULE]))
    metadata = read_metadata(tree)
    return Source(
        kind="git",
        name=spec.name,
        tree=tree,
        version=metadata.version,
        ref=spec.ref,
        commit=commit,
        licence=find_licence(tree, metadata),
        url=None if spec.protocol == "file" else spec.url,
        notes=tuple(f"submodule `{file.path}` left out" for file in files if file.mode == _SUBMODULE),
    )


def remote_commit(spec: GitSpec, settings: SourceSettings) -> str:
    """Return the id of the commit that a ref names now; nothing of it is fetched.

    Raises:
        SourceError: no such repository or ref, no access, no network, or too slow.
        UsageError: the credentials named are not there.
    """
    wanted = spec.ref or "HEAD"
    if _FULL_ID.fullmatch(wanted):
        return wanted.lower()
    with _git_for(spec, settings) as git, tempfile.TemporaryDirectory(prefix="rpsdg-ask-") as folder:
        listed = git.run(Path(folder), "ls-remote", "--end-of-options", spec.url, f"{wanted}*")
        if listed.code:
            raise _fetch_error(spec, settings, listed)
        lines = (line.split("\t") for line in listed.output.decode("utf-8", "replace").splitlines())
        commits = {name: commit for commit, name in lines}
        for name in (wanted, f"refs/{wanted}", f"refs/tags/{wanted}", f"refs/heads/{wanted}"):
            if name in commits:
                return commits.get(f"{name}^{{}}", commits[name])  # of a tag with a message: what it tags
        if _COMMIT_ID.fullmatch(wanted):
            return fetch_git(spec, settings).commit or wanted  # a shortened id has to be looked for
        hint = _similar_refs(git, Path(folder), spec, wanted)
    raise SourceError(f"`{spec.url}` has no branch, tag or commit `{wanted}`", hint=hint)


@contextmanager
def _git_for(spec: GitSpec, settings: SourceSettings) -> Iterator[GitCommand]:
    """Yield a git that may reach one repository, and log in there as the user said."""
    secrets = tuple(secret for secret in (spec.password, spec.user) if secret and spec.protocol != "ssh")
    with git_command(
        settings.time_limit,
        protocols=_REDIRECTS.get(spec.protocol, (spec.protocol,)),
        ca_bundle=settings.ca_bundle,
        login=_login(spec, settings),
        secrets=secrets,
    ) as git:
        yield git


def list_commit(git: GitCommand, folder: Path, commit: str, *, sizes: bool = False) -> list[GitFile]:
    """Return the files of a commit; in a subfolder of a work tree, those below it, relative to it.

    Raises:
        SourceError: there is no such commit.
        UnsafeTreeError: too many files, too many bytes, or one path twice.
    """
    options = ["-l"] if sizes else []
    listed = git.run(folder, "ls-tree", "-r", "-z", *options, "--end-of-options", commit)
    _expect(listed, f"the files of commit {commit} could not be listed")
    files: list[GitFile] = []
    seen: set[str] = set()
    total = 0
    for line in listed.output.split(b"\0")[:-1]:
        head, _, name = line.partition(b"\t")
        mode, _, blob, *size = head.decode("ascii").split()
        path = name.decode("utf-8", "surrogateescape")
        file = GitFile(path, mode, blob, int(size[0]) if size and size[0] != "-" else 0)
        files.append(file)
        total += file.size
        if path in seen:
            raise UnsafeTreeError(f"`{path}` is in the commit twice")
        if len(files) > MAX_FILES:
            raise UnsafeTreeError(f"`{path}` is one more than the {MAX_FILES:,} files that are taken")
        if total > MAX_BYTES:
            raise UnsafeTreeError(f"with `{path}` the commit holds over {MAX_BYTES:,} bytes")
        seen.add(path)
    return files


def _fetch_commit(git: GitCommand, bare: Path, spec: GitSpec, settings: SourceSettings) -> str:
    """Bring the wanted commit, alone where the server lets us, into the bare repository; return its id."""
    wanted = spec.ref or "HEAD"
    only_wanted = f"+{wanted}:{_WANTED}"
    fetched = _fetch(git, bare, spec, settings, ["--depth=1"], only_wanted)
    name = _WANTED
    if fetched.code and "shallow" in fetched.errors:
        fetched = _fetch(git, bare, spec, settings, [], only_wanted)  # a server without shallow fetches
    if fetched.code and _COMMIT_ID.fullmatch(wanted) and not _LOGIN_FAILED.search(fetched.errors):
        # A shortened id, or a server that hands out branches and tags only: look for it in all of them.
        fetched = _fetch(git, bare, spec, settings, [], *_ALL_REFS)
        name = wanted
    if fetched.code and "couldn't find remote ref" in fetched.errors:
        raise SourceError(
            f"`{spec.url}` has no branch, tag or commit `{wanted}`",
            hint=_similar_refs(git, bare, spec, wanted),
        )
    if fetched.code:
        raise _fetch_error(spec, settings, fetched)
    found = git.run(bare, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}")
    if found.code:
        raise SourceError(
            f"`{spec.url}` has no commit that `{wanted}` names", hint="give a branch, a tag or an id"
        )
    return found.line


def _fetch(
    git: GitCommand, bare: Path, spec: GitSpec, settings: SourceSettings, options: list[str], *refspecs: str
) -> GitResult:
    return git.run(
        bare,
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-recurse-submodules",
        "--no-write-fetch-head",
        *options,
        "--end-of-options",
        spec.url,
        *refspecs,
        max_folder=settings.max_download,
    )


def _similar_refs(git: GitCommand, bare: Path, spec: GitSpec, wanted: str) -> str:
    listed = git.run(bare, "ls-remote", "--heads", "--tags", "--refs", "--end-of-options", spec.url)
    lines = listed.output.decode("utf-8", "replace").splitlines()
    names = [re.sub(r"^.*\trefs/(?:heads|tags)/", "", line) for line in lines]
    if not names:
        return "the repository is empty"
    near = difflib.get_close_matches(wanted, names, n=5, cutoff=0.4) or sorted(names)[:5]
    return f"{'near it' if len(near) < len(names) else 'there'}: {', '.join(near)}"


def _fetch_error(spec: GitSpec, settings: SourceSettings, result: GitResult) -> SourceError:
    hint = "check the address, the network and the proxy variables"
    if _LOGIN_FAILED.search(result.errors):
        hint = (
            "if it is private, name the credentials to use: set `git_credentials` to `ssh-agent` (with an "
            "ssh address) or to `askpass` (with GIT_ASKPASS set to a program that prints the password)"
            if settings.git_credentials == "none"
            else f"`git_credentials` is `{settings.git_credentials}`, and that login was refused"
        )
        if "Host key verification failed" in result.errors:
            hint = "the host is not among your known hosts: connect to it once by hand"
    elif "certificate" in result.errors:
        hint = "name the certificate authorities of your network with `ca_bundle`"
    return SourceError(f"`{spec.url}` could not be fetched: {result.reason}", hint=hint)


def _login(spec: GitSpec, settings: SourceSettings) -> GitLogin:
    """Return what lets git log in, and nothing more than the user named."""
    if spec.protocol == "ssh":
        return _ssh(spec, settings)
    if spec.user is not None or spec.password is not None:
        # The address itself carried them. Handed to git as a credential helper that reads two variables,
        # they appear in no argument list and no file, and go to no other host on a redirect.
        host = "/".join(spec.url.split("/")[:3])
        return GitLogin(
            {"RPSDG_GIT_USER": spec.user or "", "RPSDG_GIT_PASSWORD": spec.password or ""},
            (f"credential.{host}.helper={_HELPER}",),
        )
    if settings.git_credentials == "askpass" and spec.protocol != "file":
        program = os.environ.get("GIT_ASKPASS")
        if not program:
            raise UsageError(
                "`git_credentials` is `askpass`, and GIT_ASKPASS is not set",
                hint="set GIT_ASKPASS to a program that prints user or password when asked",
            )
        return GitLogin({"GIT_ASKPASS": program})
    return GitLogin({})


def _ssh(spec: GitSpec, settings: SourceSettings) -> GitLogin:
    if settings.git_credentials != "ssh-agent":
        raise SourceError(
            f"`{spec.url}` needs an ssh login, and no credentials were named",
            hint="set `git_credentials` to `ssh-agent`, or give an https address",
        )
    agent = os.environ.get("SSH_AUTH_SOCK")
    if not agent:
        raise UsageError(
            "`git_credentials` is `ssh-agent`, and SSH_AUTH_SOCK is not set",
            hint="start an agent and add your key: `eval $(ssh-agent) && ssh-add`",
        )
    # ssh finds the home folder in the user database, so HOME does not keep it from its own files.
    options = {
        "BatchMode": "yes",
        "IdentityFile": "none",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": f'"{_known_hosts()}"',
        "ForwardAgent": "no",
        "ClearAllForwardings": "yes",
        "PermitLocalCommand": "no",
        "ControlPath": "none",
    }
    command = ["ssh", "-F", os.devnull]
    for name, value in options.items():
        command += ["-o", f"{name}={value}"]
    return GitLogin(
        {"SSH_AUTH_SOCK": agent, "GIT_SSH_COMMAND": shlex.join(command), "GIT_SSH_VARIANT": "ssh"}
    )


def _known_hosts() -> Path:
    try:
        return Path.home() / ".ssh" / "known_hosts"
    except RuntimeError:
        raise UsageError("without a home folder there are no known hosts", hint="set HOME") from None


def _read_blobs(git: GitCommand, bare: Path, files: list[GitFile]) -> Mapping[str, Entry]:
    for file in files:
        if file.mode not in _KINDS:
            raise UnsafeTreeError(f"`{file.path}` has mode {file.mode}: no file, link or submodule")
    entries: dict[str, Entry] = {}
    for batch in _batches(files):
        wanted = "".join(f"{blob}\n" for blob in batch)
        # Every reply is a line, the content and a line break.
        limit = sum(batch.values()) + 200 * len(batch)
        reply = git.run(bare, "cat-file", "--batch", stdin=wanted.encode("ascii"), max_output=limit)
        _expect(reply, "the files of the commit could not be read")
        contents = _split_batch(reply.output, batch)
        for file in files:
            if file.blob in contents:
                entries[file.path] = Entry(contents[file.blob], _KINDS[file.mode])
    return entries


def _batches(files: list[GitFile]) -> Iterator[dict[str, int]]:
    """Yield blob ids with their sizes, each id once, some tens of megabytes at a time."""
    batch: dict[str, int] = {}
    room = _BATCH
    for blob, size in {file.blob: file.size for file in files}.items():
        batch[blob] = size
        room -= size
        if room <= 0:
            yield batch
            batch, room = {}, _BATCH
    if batch:
        yield batch


def _split_batch(output: bytes, batch: dict[str, int]) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    at = 0
    for blob, size in batch.items():
        start = output.find(b"\n", at) + 1
        if output[at : start - 1] != f"{blob} blob {size}".encode("ascii"):
            raise SourceError(f"git handed out something other than {blob}", hint="the repository is damaged")
        contents[blob] = output[start : start + size]
        at = start + size + 1
    return contents


def _expect(result: GitResult, otherwise: str) -> None:
    if result.code:
        raise SourceError(f"{otherwise}: {result.reason}")
