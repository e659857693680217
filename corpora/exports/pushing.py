"""Sending a folder to the Hugging Face Hub: private unless said otherwise, and as one commit."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpsdg.corpora.dataset import OutputError
from rpsdg.traces.errors import ExitCode, RpsdgError, UsageError

from .running import MARK

__all__ = ["HubError", "Sent", "files_of", "push"]

_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_LEFT = {MARK}
"""What tells us of an export, and the Hub nothing."""


class HubError(RpsdgError):
    """The Hub cannot be reached, or refuses."""

    code = ExitCode.OUTPUT


@dataclass(frozen=True)
class Sent:
    """What was sent, or would be."""

    files: dict[str, int]
    """Bytes, by path."""
    url: str
    """The commit; empty where nothing was sent."""


def files_of(folder: Path) -> dict[str, int]:
    """Return what is sent of a folder: bytes by path.

    Raises:
        OutputError: there is nothing, or something that is no file.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise OutputError(f"`{path}` is neither a file nor a folder", hint="Only files can be sent.")
        if path.is_file() and path.name not in _LEFT:
            found[path.relative_to(folder).as_posix()] = path.stat().st_size
    if not found:
        raise OutputError(f"there is nothing in `{folder}` that could be sent")
    return found


def push(
    folder: Path,
    repo: str,
    *,
    public: bool = False,
    dry_run: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Sent:
    """Send a folder to a data set repository of the Hub, as one commit; the repository is made if need be.

    Args:
        folder: an exported folder.
        repo: `owner/name`.
        public: whether everybody may see it. One that is public already is not written to without this.
        dry_run: list what would be sent, and reach for nothing.
        environ: HF_TOKEN, and HF_ENDPOINT for another Hub; by default this process's environment.

    Raises:
        UsageError: the name is none, there is no token, or huggingface_hub is not installed.
        OutputError: there is nothing to send.
        HubError: the Hub refuses, or cannot be reached.
    """
    if _REPO.fullmatch(repo) is None:
        raise UsageError(f"a repository `owner/name` was expected, not `{repo}`")
    files = files_of(folder)
    if dry_run:
        return Sent(files, "")
    hub, errors = _hub(os.environ if environ is None else environ)
    try:
        if hub.repo_exists(repo, repo_type="dataset"):
            if not public and not hub.dataset_info(repo).private:
                raise HubError(
                    f"everybody can see the repository `{repo}`",
                    hint="Say `--public` if that is meant, or name another one.",
                )
        else:
            hub.create_repo(repo, repo_type="dataset", private=not public)
        added = [_addition(path, folder / path) for path in files]
        done = hub.create_commit(repo, added, commit_message="Data made by rpsdg", repo_type="dataset")
    except errors as error:
        said = " ".join(str(error).split())
        raise HubError(
            f"the Hub does not take `{repo}`: {said}",
            hint="Look at the name, at what HF_TOKEN may write, and at the network.",
        ) from error
    return Sent(files, str(done.commit_url))


def _addition(path: str, file: Path) -> Any:
    from huggingface_hub import CommitOperationAdd

    return CommitOperationAdd(path, file)


def _hub(environ: Mapping[str, str]) -> tuple[Any, tuple[type[Exception], ...]]:
    """Return the client of the Hub, and what it raises."""
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError
    except ImportError as error:
        raise UsageError(
            "sending to the Hub needs the library `huggingface_hub`, which is not installed",
            hint="Install rpsdg with its extra `hub`.",
        ) from error
    token = environ.get("HF_TOKEN")
    if not token:
        raise UsageError(
            "sending to the Hub needs a token", hint="Put one that may write into the variable HF_TOKEN."
        )
    # Where no answer came at all, it raises what its HTTP library does, which is another one by version.
    errors = (*HfHubHTTPError.__bases__, OSError, ValueError)
    return HfApi(endpoint=environ.get("HF_ENDPOINT"), token=token), errors
