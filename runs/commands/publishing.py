"""The command that sends a data set to shared storage, and how other commands do it when they end."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.publishing import publish
from rpsdg.corpora.secrets import SecretError, Secrets, withheld
from rpsdg.corpora.storage import Storage
from rpsdg.runs.terminal import as_markup, err

__all__ = ["publish_command", "send"]


@click.command(name="publish")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("url", metavar="URL")
@click.option("--allow-secrets", is_flag=True, help="Go on though something looks like a secret.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def publish_command(folder: Path, url: str, allow_secrets: bool, as_json: bool) -> None:
    """Send a finished data set to storage that other machines read: S3, GCS, a shared disk.

    Whoever reads meanwhile has the data set of before or the new one, never half of either. What is there
    already is not sent again, so the same command goes on where it stopped. Commands that read a data set
    take the URL in place of a folder, and keep a copy in the cache. s3:// needs the library s3fs, gs:// the
    library gcsfs; credentials are read where these look for them.

    \b
    Examples:
      rpsdg publish data s3://bucket/bugs
      rpsdg publish data file:///mnt/shared/bugs
      rpsdg show s3://bucket/bugs
      rpsdg merge s3://bucket/bugs s3://bucket/more --out all
    """
    send(folder, Storage.at(url), allow_secrets=allow_secrets, as_json=as_json)


def send(folder: Path, storage: Storage, *, allow_secrets: bool = False, as_json: bool = False) -> None:
    """Publish a data set, looked through for secrets first, and say what was sent.

    Raises:
        SecretError: there are some, and nothing was said about that.
        RpsdgError: see `publish`.
    """
    try:
        withheld(Dataset(folder), Secrets(allow_secrets, False))
    except SecretError as error:
        raise SecretError(
            str(error),
            hint="`rpsdg filter --drop-secrets` makes a data set without those traces; if they are harmless, "
            "`rpsdg publish --allow-secrets` sends them.",
        ) from error
    sent = publish(folder, storage)
    if as_json:
        click.echo(json.dumps({"event": "published", **asdict(sent)}))
        return
    err.print(
        f"[green]{sent.files} files[/], {sent.bytes:,} bytes, are sent to [bold]{as_markup(sent.url)}[/]; "
        f"{sent.there} were there"
    )
