"""Open trajectories in mini-swe-agent's inspector, without a screen, and page on. Arguments: folder."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from minisweagent.run.utilities.inspector import TrajectoryInspector
from results import tell
from textual.widgets import Static


async def _pages(files: list[Path]) -> list[dict[str, object]]:
    app, seen = TrajectoryInspector(files), []
    async with app.run_test() as pilot:
        for file in files:
            pages = app.n_steps
            await pilot.press("l")
            await pilot.pause()
            shown = " ".join(str(part.render()) for part in app.query(Static))
            seen.append({"file": file.name, "pages": pages, "messages": len(app.messages), "second": shown})
            app.action_next_trajectory()
            await pilot.pause()
    return seen


def main() -> None:
    """Do it."""
    files = sorted(Path(sys.argv[1]).rglob("*.traj.json"))
    tell({"trajectories": asyncio.run(_pages(files))})


if __name__ == "__main__":
    main()
