"""A project whose `setup.py` is hostile, built for real from the index: it gets its build, and no more."""

from __future__ import annotations

import json
import os

import pytest

from rpsdg.sandbox.checks_common import tree_of
from rpsdg.sandbox.checks_walls import bait
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.environments import prepare
from rpsdg.sandbox.session import inside_source
from rpsdg.sandbox.settings import Settings

# It uses the index to get setuptools; then it goes for the bait, leaves a daemon, and reports in a module.
SETUP = """
import json, os, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import probes
from setuptools import setup
reached = {}
for name in NAMES:
    try: reached[name] = getattr(probes, name)(BAIT)
    except OSError: reached[name] = None
for path in ("/usr/bin/hostile", "/etc/hostile", "/hostile", sys.base_prefix + "/hostile"):
    try: open(path, "w").close(); reached[path] = path
    except OSError: pass
for name, value in os.environ.items():
    if BAIT["secret"] in value: reached[name] = value
with open("answers/found.py", "w") as file: file.write("FOUND = %r" % [n for n, w in reached.items() if w])
if not os.fork():
    os.closerange(0, 256)
    os.setsid()
    if not os.fork(): time.sleep(600)
    os._exit(0)
print("much " * 50_000)
setup(name="rpsdg-hostile", version="1", packages=["answers"])
"""
NAMES = [
    "files_of_the_machine",
    "unix_socket",
    "shared_memory",
    "other_processes",
    "kernel_keyrings",
    "namespaces",
]
TEST = "import json\nfrom answers.found import FOUND\ndef test_nothing(): assert FOUND == [], FOUND\n"


RUNNERS = [pytest.param("docker_sandbox", marks=pytest.mark.docker)]
if os.environ.get("RPSDG_HOSTILE_ALONE") == "1":  # the nightly run
    RUNNERS.append(pytest.param("bubblewrap_sandbox"))


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.parametrize(
    "runner", [pytest.param("docker_sandbox", marks=pytest.mark.docker), "bubblewrap_sandbox"]
)
def test_a_hostile_setup(
    runner: str, request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox: Sandbox = request.getfixturevalue(runner)
    with bait() as put_up:
        put_up["secret"] = f"secret-{put_up['token']}"
        monkeypatch.setenv("RPSDG_CONFORMANCE_SECRET", put_up["secret"])
        setup = f"import json\nBAIT = json.loads({json.dumps(put_up)!r})\nNAMES = {NAMES!r}\n{SETUP}"
        files = {"setup.py": setup, "answers/__init__.py": "", "test_found.py": TEST}
        tree = tree_of({**files, "probes.py": inside_source("probes")})
        environment, place = prepare(tree, sandbox, settings)
        with sandbox.open(place, settings.limits) as session:
            session.load(tree)
            report = session.test(["-q", "test_found.py"], roots=environment.roots, timeout=60)
    assert report.complete, report.output
    assert report.outcomes == {"test_found.py::test_nothing": "passed"}, report.failures
