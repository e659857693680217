"""The command that keeps a corpus up to date: refresh."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import click
import msgspec

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.durations import seconds_in
from rpsdg.corpora.index import write_file
from rpsdg.corpora.manifest import Manifest
from rpsdg.runs.progress import Reporter, reporter_for
from rpsdg.runs.refreshing.checking import disagreements
from rpsdg.runs.refreshing.corpus import Corpus
from rpsdg.runs.refreshing.outcome import Outcome
from rpsdg.runs.refreshing.refresh import Refresh
from rpsdg.runs.refreshing.reporting import as_markdown, log_lines, tell_github
from rpsdg.runs.refreshing.terms import Budget
from rpsdg.runs.terminal import as_markup, err, plain
from rpsdg.sandbox.choose import SandboxName
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode, UsageError

from .requests import request_of
from .shared import choose, sandbox_options, settings_for

__all__ = ["refresh"]


@click.command()
@click.argument(
    "manifest",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("corpus.toml"),
)
@click.option("--dry-run", is_flag=True, help="Say what would be done; build, run and write nothing.")
@click.option("--check", is_flag=True, help="Say whether manifest, lock and data agree; asks no network.")
@click.option("--budget", metavar="TIME", help="Stop cleanly after this time, such as 20m or 1h30m.")
@click.option("--source", "only", multiple=True, metavar="NAME", help="Only this one; may be repeated.")
@click.option(
    "--summary",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write the report to, in Markdown.",
)
@click.option(
    "--annotations",
    "annotate",
    type=click.Choice(["github", "none"]),
    help="Lines for the log of GitHub Actions, and its outputs.  [default: github where it runs]",
)
@sandbox_options
def refresh(
    manifest: Path,
    dry_run: bool,
    check: bool,
    budget: str | None,
    only: tuple[str, ...],
    summary: Path | None,
    annotate: str | None,
    sandbox_name: SandboxName,
    jobs: int,
    timeout: float,  # noqa: ARG001 - each source has its own
    base_image: str | None,
    python_version: str | None,
    as_json: bool,
) -> int:
    """Bring a corpus up to date: work only on what changed since its lock was written.

    MANIFEST, `corpus.toml` if not given, names sources and what is made of each. Beside it come
    `corpus.lock`, which pins exactly what was used, and the folder `.rpsdg`, which belongs to the lock. A
    task whose code or tests have changed is put at its new place and confirmed again, or retired with the
    reason; new code gets its share of candidates; the rest is carried over without any work. A refresh that
    is ended, by whatever, goes on with the next one.

    Exit codes: 0 done, whether anything changed or not; 13 stopped at the budget; 14 `--check` found that
    manifest, lock and data do not agree; that of the first source that is unusable, if one is: the others
    are refreshed all the same.

    \b
    Examples:
      rpsdg refresh
      rpsdg refresh corpora/corpus.toml --dry-run
      rpsdg refresh --budget 20m --jobs 4 --summary report.md
      rpsdg refresh --source toolz --source sqlparse
      rpsdg refresh --check
      rpsdg refresh --json
    """
    read = Manifest.read(manifest)
    corpus = Corpus(read)
    if check:
        return _check(corpus, as_json=as_json)
    github = annotate == "github" or (annotate is None and os.environ.get("GITHUB_ACTIONS") == "true")
    settings = settings_for(base_image, python_version or read.corpus.python)
    allowed = Budget.of(read, None if budget is None else seconds_in(budget))
    wanted = sum(one.count + one.walks for one in read.sources)
    wanted += sum(one.count * len(one.families) for one in read.mathematics)
    with reporter_for(max(1, wanted), "traces", as_json=as_json, console=err) as report:
        outcome = Refresh(
            corpus,
            settings,
            SourceSettings(index_url=settings.index_url, ca_bundle=settings.ca_bundle),
            _once(sandbox_name, settings, report),
            report,
            jobs,
            allowed,
            only,
            dry_run,
            request_of(click.get_current_context()),
        ).run()
    _tell(outcome, corpus, summary, github=github, as_json=as_json)
    return outcome.code


def _once(name: SandboxName, settings: Settings, report: Reporter) -> Callable[[], Sandbox]:
    """Return what opens the sandbox when it is first asked for: mostly it is not."""

    @cache
    def opened() -> Sandbox:
        return choose(name, settings, report)

    return opened


def _check(corpus: Corpus, *, as_json: bool) -> int:
    found = disagreements(corpus)
    if as_json:
        click.echo(json.dumps({"event": "check", "agree": not found, "disagreements": found}))
    for line in found if not as_json else ():
        err.print(f"[red]disagrees[/] {as_markup(line)}")
    if not found and not as_json:
        err.print("[green]manifest, lock and data agree[/]")
    elif found and not as_json:
        err.print(
            f"[dim]hint[/]      `rpsdg refresh {as_markup(str(corpus.manifest.path))}` brings them together"
        )
    return ExitCode.DISAGREEMENT if found else ExitCode.OK


def _tell(outcome: Outcome, corpus: Corpus, summary: Path | None, *, github: bool, as_json: bool) -> None:
    page = as_markdown(outcome)
    written = corpus.folder / "report.md"
    if not outcome.dry_run and not (outcome.is_quiet and written.exists()):
        write_file(written, page.encode())
        said = msgspec.json.format(msgspec.json.encode(outcome.as_json()), indent=1)
        write_file(corpus.folder / "report.json", said + b"\n")
    if summary is not None:
        try:
            summary.write_text(page)
        except OSError as error:
            raise UsageError(f"`{summary}` cannot be written: {error.strerror or error}") from error
    if github:
        tell_github(outcome)
    if as_json:
        click.echo(json.dumps({"event": "summary", **outcome.as_json()}))
    else:
        for line in log_lines(outcome) if github else ():
            click.echo(line)
        click.echo(plain(page))
