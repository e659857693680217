"""Writing one export: beside its place first, then moved there; nothing of a user's is overwritten."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from rpsdg.corpora.dataset import Dataset, DatasetError, OutputError
from rpsdg.corpora.secrets import Secrets, withheld
from rpsdg.traces.errors import UsageError

from .base import Export, Job, Options, Summary

__all__ = ["MARK", "run_export"]

MARK = ".rpsdg-export.json"
"""File in every exported folder: which format it has, and what became of the traces. Without it a folder is
never replaced."""


def run_export(
    export: Export,
    dataset: Dataset,
    out: Path,
    options: Options,
    secrets: Secrets = Secrets(),  # noqa: B008 - it does not change
    *,
    force: bool = False,
    dry_run: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Summary:
    """Write a data set in a format.

    Args:
        export: the format.
        dataset: what to write.
        out: the file or folder to make.
        options: what the user asked for.
        secrets: what is done with traces in which something looks like one.
        force: replace what an earlier export made.
        dry_run: do everything, count it, and leave nothing behind.
        tell: is told what became of each trace.

    Raises:
        UsageError: an option means nothing to the format.
        OutputError: `out` exists, or cannot be written.
        DatasetError: no trace fits.
        SecretError: something looks like a secret, and nothing was said about that.
    """
    _check_options(export, options)
    _check_place(export, out, force=force)
    left_out = withheld(dataset, secrets)
    try:
        parent = Path(tempfile.gettempdir()) if dry_run else out.parent
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", suffix=".part", dir=parent) as made:
            job = Job(dataset, Path(made) / out.name, options, export.domains, left_out, tell=tell)
            export.write(job)
            if not job.summary.records:
                raise _nothing(export, dataset, job.summary)
            if not dry_run:
                _finish(export, job, out, Path(made) / "replaced")
    except OSError as error:
        raise OutputError(
            f"`{out}` cannot be written: {error.strerror or error}",
            hint="Make room, or name another place with `--out`.",
        ) from error
    return job.summary


def _check_options(export: Export, options: Options) -> None:
    for option in fields(options):
        if option.name != "limit" and option.name not in export.takes and getattr(options, option.name):
            heeds = " and ".join(sorted(export.takes)) or "nothing of the kind"
            raise UsageError(f"the format `{export.name}` has no {option.name}: it heeds {heeds}")


def _check_place(export: Export, out: Path, *, force: bool) -> None:
    if not out.name:
        raise UsageError(f"the name of a {export.kind} was expected, not `{out}`")
    if export.kind == "folder" and out.is_dir():
        if not any(out.iterdir()):
            return
        if not (out / MARK).is_file():
            raise OutputError(
                f"the folder `{out}` holds something that no export made",
                hint="Name another folder with `--out`, or empty this one yourself.",
            )
    elif not (out.exists() or out.is_symlink()):
        return
    elif out.is_symlink() or out.is_dir() or export.kind == "folder" or not out.is_file():
        raise OutputError(
            f"`{out}` is there already and is no {export.kind}", hint="Name another place with `--out`."
        )
    if not force:
        raise OutputError(
            f"`{out}` is there already", hint="Replace it with `--force`, or name another place with `--out`."
        )


def _finish(export: Export, job: Job, out: Path, aside: Path) -> None:
    """Put what was made on the disk, and then to its place."""
    if export.kind == "folder":
        about = {"format": export.name, **job.summary.describe()}
        (job.out / MARK).write_text(json.dumps(about, indent=1) + "\n")
    for path in [*job.out.rglob("*"), job.out]:
        if not path.is_symlink():
            _sync(path)
    if out.is_dir():
        out.rename(aside)  # a folder is not replaced by another at once; what was there goes with the rest
    job.out.rename(out)
    _sync(out.parent)
    shutil.rmtree(aside, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _nothing(export: Export, dataset: Dataset, summary: Summary) -> DatasetError:
    if not summary.traces:
        return DatasetError(f"`{dataset.folder}` holds no traces")
    reasons = ", ".join(f"{number} for {reason}" for reason, number in summary.dropped.most_common())
    wanted = " or ".join(f"`{domain}…`" for domain in export.domains if domain)
    return DatasetError(
        f"none of {summary.traces} traces can be written as `{export.name}`: left out were {reasons}",
        hint=f"It takes traces of {wanted}." if wanted else "`rpsdg export --list` says what each format is.",
    )
