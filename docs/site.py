"""What mkdocs does to the pages on their way into the site.

The pages read well where they lie, too: on a forge, in an editor. So they link to files of the repository, of
which the site has some under another name and most not at all.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from rpsdg.cli import cli

ROOT = Path(__file__).parents[1]
GUESTS = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "reporting.md",
    "math_domains/README.md": "mathematics-inside.md",
    "tests/README.md": "tests.md",
}
"""Pages that lie elsewhere in the repository, and what they are called in the site."""
_KATEX = ROOT / "runs/view/page/katex"
_TYPESET = """\
document.addEventListener("DOMContentLoaded", () => {
  for (const found of document.querySelectorAll(".arithmatex")) {
    const source = found.textContent.replace(/^\\\\[([]/, "").replace(/\\\\[)\\]]$/, "");
    katex.render(source, found, {displayMode: found.tagName === "DIV", throwOnError: false});
  }
});
"""
_COMMANDS = """\
# Commands

Every command as `--help` shows it. Colours go away with `NO_COLOR=1`, and where no terminal listens.

Your shell completes names of commands and options after `eval "$(_RPSDG_COMPLETE=bash_source rpsdg)"` (or
`zsh_source`, `fish_source`).
"""
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s#:]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add pages from elsewhere, and KaTeX, which the package has for its own pages."""
    for source, name in GUESTS.items():
        files.append(File.generated(config, name, content=(ROOT / source).read_text()))
    for path in sorted(_KATEX.rglob("*")):
        if path.suffix in {".css", ".js", ".woff2"}:
            name = f"katex/{path.relative_to(_KATEX).as_posix()}"
            files.append(File.generated(config, name, abs_src_path=str(path)))
    files.append(File.generated(config, "katex/typeset.js", content=_TYPESET))
    commands = "".join(_helped(cli, click.Context(cli, info_name="rpsdg", **cli.context_settings)))
    files.append(File.generated(config, "commands.md", content=_COMMANDS + commands))
    return files


def _helped(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield what a command says of itself, and then what those below it say."""
    depth = "#" * (context.command_path.count(" ") + 2)
    yield f"\n{depth} {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _helped(below, click.Context(below, parent=context, info_name=name))


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Lead links to where the site has what they mean; where it has nothing, say the path instead."""
    here = next((source for source, name in GUESTS.items() if name == page.file.src_uri), None)
    here = here or f"docs/{page.file.src_uri}"

    def led(found: re.Match[str]) -> str:
        text, target, anchor = found[1], found[2], found[3] or ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(here), target))
        name = GUESTS.get(path, path.removeprefix("docs/") if path.startswith("docs/") else "")
        there = files.get_file_from_path(name) if name else None
        if there is not None and there.inclusion is not InclusionLevel.EXCLUDED:
            back = posixpath.relpath(name, posixpath.dirname(page.file.src_uri) or ".")
            return f"[{text}]({back}{anchor})"
        if (ROOT / path).exists():
            return text if text.strip("`") == path else f"{text} (`{path}`)"
        return found[0]  # leads nowhere, which a strict build refuses

    parts = re.split(r"(^```.*?^```$)", markdown, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if part.startswith("```") else _LINK.sub(led, part) for part in parts)
