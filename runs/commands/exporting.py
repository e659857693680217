"""Commands that hand data to others: export, push."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

import click
from rich.table import Table

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.exports.base import Options, Style
from rpsdg.corpora.exports.pushing import push as send
from rpsdg.corpora.exports.registry import all_exports, distribution_of, find_export
from rpsdg.corpora.exports.running import MARK, run_export
from rpsdg.corpora.exports.tokens import token_limit
from rpsdg.corpora.secrets import Secrets
from rpsdg.runs.progress import reporter_for
from rpsdg.runs.terminal import as_markup, err, out
from rpsdg.traces.errors import ExitCode

from .options import DATA, SECRET_OPTIONS, with_options

__all__ = ["export", "push"]


@click.command()
@click.argument("folder", type=DATA, metavar="DIR", required=False)
@click.option("--to", "name", metavar="FORMAT", help="Format to write; `--list` names them.")
@click.option("--out", "-o", "place", type=click.Path(path_type=Path), help="File or folder to write.")
@click.option("--list", "list_them", is_flag=True, help="List the formats and end.")
@click.option("--limit", "-n", type=click.IntRange(min=1), help="Look at so many traces.  [default: all]")
@click.option(
    "--style",
    type=click.Choice(get_args(Style)),
    help="How answers to code problems are written.  [default: what is usual in the format]",
)
@click.option("--max-tokens", type=click.IntRange(min=1), help="Leave out records with more tokens.")
@click.option(
    "--tokenizer", metavar="NAME_OR_FILE", help="What counts tokens: a model of the Hub, or a tokenizer.json."
)
@click.option("--base-image", help="Of images built from tasks; `{python}` stands for the minor version.")
@click.option(
    "--network",
    type=click.Choice(["policy", "none"]),
    help="How tasks are kept from the network: by the policy of what runs them, or by having none.",
)
@with_options(*SECRET_OPTIONS)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and leave nothing behind.")
@click.option("--force", is_flag=True, help="Replace what an earlier export made.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, for machines.")
def export(
    folder: Path | None,
    name: str | None,
    place: Path | None,
    list_them: bool,
    limit: int | None,
    style: Style | None,
    max_tokens: int | None,
    tokenizer: str | None,
    base_image: str | None,
    network: Literal["policy", "none"] | None,
    allow_secrets: bool,
    drop_secrets: bool,
    dry_run: bool,
    force: bool,
    as_json: bool,
) -> int:
    """Write a data set in the format of another program.

    What cannot be said in a format is left out and counted. Installed packages add formats of their own
    through the entry point group `rpsdg.exports`. Everything is looked through for secrets first; a hit ends
    the command, and nothing is written.

    \b
    Examples:
      rpsdg export --list
      rpsdg export data --to jsonl --out traces.jsonl
      rpsdg export data --to jsonl --out traces.jsonl --limit 10 --force
      rpsdg export data --to trl-sft --out sft.jsonl --max-tokens 8192 --tokenizer tokenizer.json
      rpsdg export data --to trl-prompt-completion --out answers.jsonl --style diff
    """
    if list_them:
        _list_formats(as_json=as_json)
        return ExitCode.OK
    if folder is None or name is None or place is None:
        raise click.UsageError("a data set, a format with --to, and a place with --out were expected")
    if (max_tokens is None) != (tokenizer is None):
        raise click.UsageError("--max-tokens and --tokenizer go together")
    tokens = None if max_tokens is None or tokenizer is None else token_limit(max_tokens, tokenizer)
    made, dataset = find_export(name)(), Dataset(folder)
    options = Options(limit, style, tokens, base_image, network)
    secrets = Secrets(allow_secrets, drop_secrets)
    total = max(1, limit or dataset.count())
    with reporter_for(total, "traces", as_json=as_json, console=err) as report:
        report.begin(0)

        def tell(outcome: str) -> None:
            report.several(outcome, 1)

        summary = run_export(made, dataset, place, options, secrets, force=force, dry_run=dry_run, tell=tell)
    if as_json:
        about = {"format": name, "out": str(place), "dry_run": dry_run}
        click.echo(json.dumps({"event": "summary", **about, **summary.describe()}))
        return ExitCode.OK
    for reason, number in summary.dropped.most_common():
        err.print(f"[yellow]left out[/] {number} for {as_markup(reason)}")
    would = "would be written to" if dry_run else "in"
    err.print(
        f"[green]{summary.records} records[/] of {summary.traces} traces {would} [bold]{as_markup(place)}[/]"
    )
    return ExitCode.OK


@click.command(name="push")
@click.argument("folder", type=DATA, metavar="DIR")
@click.argument("repo", metavar="REPO")
@click.option("--public", is_flag=True, help="Let everybody see it.  [default: private]")
@with_options(*SECRET_OPTIONS)
@click.option("--dry-run", is_flag=True, help="List what would be sent, and send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def push(
    folder: Path,
    repo: str,
    public: bool,
    allow_secrets: bool,
    drop_secrets: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Send a data set to the Hugging Face Hub, as one commit.

    DIR is a data set, which is sent as `rpsdg export --to huggingface` writes it, or a folder that an export
    made, which is sent as it is. REPO is `owner/name`. The token is read from HF_TOKEN, and another Hub's
    address from HF_ENDPOINT. Needs the extra `hub`.

    \b
    Examples:
      rpsdg push data me/my-bugs --dry-run
      rpsdg push data me/my-bugs
      rpsdg push exported me/my-bugs --public
    """
    secrets = Secrets(allow_secrets, drop_secrets)
    with ExitStack() as stack:
        if not (folder / MARK).is_file():
            place = Path(stack.enter_context(TemporaryDirectory())) / repo.rpartition("/")[2]
            run_export(find_export("huggingface")(), Dataset(folder), place, Options(), secrets)
            folder = place
        sent = send(folder, repo, public=public, dry_run=dry_run)
    if as_json:
        about = {"repo": repo, "dry_run": dry_run, "public": public}
        click.echo(json.dumps({"event": "summary", **about, **asdict(sent)}))
        return ExitCode.OK
    for path, size in sent.files.items():
        err.print(f"{size:>12,}  {as_markup(path)}")
    said = f"would be sent to {repo}" if dry_run else f"are in {sent.url}"
    err.print(f"[green]{len(sent.files)} files[/], {sum(sent.files.values()):,} bytes, {as_markup(said)}")
    return ExitCode.OK


def _list_formats(*, as_json: bool) -> None:
    table = Table(box=None, header_style="bold")
    for column in ("format", "writes"):
        table.add_column(column, no_wrap=True)
    table.add_column("what it is")
    for name, found in all_exports().items():
        about: dict[str, object] = {
            "kind": found.kind,
            "domains": found.domains,
            "takes": sorted(found.takes),
        }
        about |= {"title": found.title(), "distribution": distribution_of(found)}
        if as_json:
            click.echo(json.dumps({"event": "format", "name": name, **about}))
        else:
            table.add_row(as_markup(name), found.kind, as_markup(found.title()))
    if not as_json:
        out.print(table)
