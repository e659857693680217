"""The command `python -m rpsdg.experiments`: runs the experiments, and writes the page of them."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from rpsdg.runs.ending import ended

from .page import PAGE, QUICK_PAGE, with_section
from .parts import PARTS, part

_EXAMPLES = """
  make efficacy                                    everything, in an environment made for it
  python -m rpsdg.experiments --part mathematics   one part, in this environment
  python -m rpsdg.experiments --quick              small sizes: the same direction in half an hour
  python -m rpsdg.experiments --report             the page alone, of the results that are kept

Histories of real bugs come from their public addresses. RPSDG_HISTORIES says where else, as in
`file:///srv/git/{owner}/{name}.git`, with `{owner}` and `{name}` from these addresses.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _parser().parse_args(arguments)
    return ended(lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    page = options.page or (QUICK_PAGE if options.quick else PAGE)
    for name in options.part or PARTS:
        module = part(name)
        if not options.report:
            module.run(options.work, options.jobs, quick=options.quick)
        page.parent.mkdir(parents=True, exist_ok=True)
        section = module.section(page.with_suffix(""), quick=options.quick)
        page.write_text(with_section(page.read_text() if page.exists() else "", name, section))
    print(page)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rpsdg.experiments",
        description="Train small models on our data and on less, and write docs/efficacy.md of the results.",
        epilog=f"examples:{_EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--part", action="append", choices=list(PARTS), help="only this part; may be repeated"
    )
    parser.add_argument("--quick", action="store_true", help="small sizes: a direction, not a result")
    parser.add_argument(
        "--report", action="store_true", help="train nothing; write the page of what is there"
    )
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes at once (default: 2)")
    parser.add_argument(
        "--work",
        type=Path,
        default=Path(".efficacy"),
        metavar="DIR",
        help="checkpoints, to go on from (default: .efficacy)",
    )
    parser.add_argument("--page", type=Path, metavar="FILE", help="write this file instead")
    return parser


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
