"""Starts pytest in the sandbox as `python -m pytest` does, with a channel to the supervisor.

Usage: python start.py CHANNEL SEARCH ARGUMENT..., with the channel's nonce as standard input
where CHANNEL is a file descriptor and SEARCH what PYTHONPATH is to be from here on.

The nonce is taken, and the modules that the channel needs are loaded, while nothing of the tree is on the
search path. It is in no variable, argument or file that could be read later.
"""

from __future__ import annotations

import importlib
import os
import random  # noqa: F401 - for the plugin, from the standard library and not from the tree
import runpy
import sys


def main() -> None:
    """Become pytest."""
    nonce = b""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    while True:
        part = os.read(0, 4096)
        if not part:
            break
        nonce += part
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    sys.path[0] = folder
    importlib.import_module("rpsdg_inside.channel").hand_over(int(sys.argv[1]), nonce)
    search = os.environ["PYTHONPATH"] = sys.argv[2]
    sys.path[:1] = [os.getcwd(), *search.split(os.pathsep)]
    del sys.argv[1:3]
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
