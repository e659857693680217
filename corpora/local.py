"""Read a folder of this machine, as its author would publish it."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from rpsdg.corpora.git import GitFile, list_commit
from rpsdg.corpora.git_command import GitCommand, git_command
from rpsdg.corpora.licence import find_licence
from rpsdg.corpora.metadata import read_metadata
from rpsdg.corpora.settings import SourceSettings
from rpsdg.corpora.source import Source, SourceError
from rpsdg.corpora.spec import FORMS, LocalSpec
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.errors import UsageError

__all__ = ["fetch_local"]

_LEFT_OUT = {
    ".bzr",
    ".eggs",
    ".git",
    ".hg",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    "__pycache__",
    "node_modules",
    "venv",
}
_LEFT_OUT_AT_ROOT = {"build", "dist"}
_COMPILED = {".pyc", ".pyo"}
_MODES = {"100644": "file", "100664": "file", "100755": "exec", "120000": "link"}


def fetch_local(spec: LocalSpec, settings: SourceSettings) -> Source:
    """Return the source in a folder.

    In a git work tree that is what git tracks or would offer to add; elsewhere all but version control,
    virtual environments, caches and build output.

    Raises:
        SourceError: there is no such folder, it cannot be read, or it holds no files.
        UnsafeTreeError: it holds a device, a link that leaves it, or too much.
    """
    root = spec.path
    if not root.is_dir():
        found = "is a file" if root.exists() else "does not exist"
        raise SourceError(f"a folder was expected; `{root}` {found}", hint=_hint(root))
    root = root.resolve()
    commit, dirty = None, None
    notes: tuple[str, ...] = ()
    try:
        listed = _git_listing(root, settings)
        if listed is None:
            tree = Tree.from_directory(root, _kept(root, _walk(root), settings))
        else:
            paths, notes, committed, commit = listed
            tree = Tree.from_directory(root, _kept(root, paths, settings))
            dirty = _differs(tree, committed)
    except OSError as error:
        raise SourceError(f"`{spec.path}` cannot be read: {error}", hint="check its permissions") from error
    if not tree:
        raise SourceError(f"`{spec.path}` holds no files", hint=FORMS)
    metadata = read_metadata(tree)
    return Source(
        kind="local",
        name=metadata.name or root.name,
        tree=tree,
        version=metadata.version,
        commit=commit,
        dirty=dirty,
        licence=find_licence(tree, metadata),
        notes=notes,
    )


def _kept(root: Path, paths: Iterable[Path], settings: SourceSettings) -> Iterator[Path]:
    left_out = [folder.resolve() for folder in settings.leave_out]
    if root in left_out:
        raise UsageError(
            f"`{root}` is the source and cannot be the output as well", hint="Name another folder."
        )
    return (path for path in paths if not any((root / path).is_relative_to(folder) for folder in left_out))


_Listing = tuple[list[Path], tuple[str, ...], list[GitFile], str | None]


def _git_listing(root: Path, settings: SourceSettings) -> _Listing | None:
    """Return paths, notes, the committed files and the commit; None where git has no say."""
    if shutil.which("git") is None:
        return None
    with git_command(settings.time_limit) as git:
        inside = git.run(root, "rev-parse", "--is-inside-work-tree")
        if inside.code and "not a git repository" not in inside.errors:
            raise SourceError(f"git cannot read the repository around `{root}`: {inside.reason}")
        if inside.line != "true":
            return None
        listed = git.run(root, "ls-files", "-co", "--exclude-standard", "-z")
        if listed.code:
            raise SourceError(f"git cannot list the files of `{root}`: {listed.reason}")
        names = sorted({os.fsdecode(name) for name in listed.output.split(b"\0")[:-1]})
        if not names:
            return None  # a folder that the repository around it ignores
        commit, committed = _head(git, root)
    paths, notes = [], []
    is_folder = cache(lambda folder: (root / folder).is_dir() and not (root / folder).is_symlink())
    for name in names:
        path = Path(name)
        if (root / path).is_dir() and not (root / path).is_symlink():
            notes.append(f"`{path}` is a repository of its own and was left out")
        elif all(is_folder(parent) for parent in path.parents):
            paths.append(path)
        # Else git remembers a file below what is a link or gone by now: a link is not followed.
    return paths, tuple(notes), committed, commit


def _head(git: GitCommand, root: Path) -> tuple[str | None, list[GitFile]]:
    head = git.run(root, "rev-parse", "--quiet", "--verify", "HEAD^{commit}")
    if head.code:
        return None, []  # no commit yet
    return head.line, list_commit(git, root, head.line)


def _differs(tree: Tree, committed: Iterable[GitFile]) -> bool:
    """Tell whether the bytes differ from the commit's; to ask git would run the repository's filters."""
    expected = {file.path: (file.mode, file.blob) for file in committed if file.mode in _MODES}
    if expected.keys() != tree.keys():
        return True
    for path, (mode, blob) in expected.items():
        entry = tree[path]
        hashing = hashlib.sha1 if len(blob) == 40 else hashlib.sha256
        data = b"blob %d\0%b" % (len(entry.data), entry.data)
        if _MODES[mode] != entry.kind or hashing(data, usedforsecurity=False).hexdigest() != blob:
            return True
    return False


def _walk(root: Path) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        raise error

    for name, subfolders, files in os.walk(root, onerror=fail):
        folder = Path(name)
        links = [subfolder for subfolder in subfolders if (folder / subfolder).is_symlink()]
        subfolders[:] = sorted(
            subfolder
            for subfolder in subfolders
            if subfolder not in links and not _is_left_out(folder / subfolder, at_root=folder == root)
        )
        for file in [*files, *links]:
            if Path(file).suffix not in _COMPILED:
                yield (folder / file).relative_to(root)


def _is_left_out(folder: Path, *, at_root: bool) -> bool:
    if folder.name in _LEFT_OUT or folder.name.endswith(".egg-info"):
        return True
    if at_root and folder.name in _LEFT_OUT_AT_ROOT:
        return not (folder / "__init__.py").exists()  # a package may be called `build`
    return (folder / "pyvenv.cfg").exists()  # a virtual environment by any name


def _hint(path: Path) -> str:
    if path.exists():
        return "unpack an archive first and give the folder"
    if len(path.parts) == 1:
        return f"for a release on a package index write `pypi:{path}`"
    return FORMS
