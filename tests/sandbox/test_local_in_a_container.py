"""Checks that use up memory, disk or processes, for the local sandbox, in a container with limits of its own.

A sandbox that failed them on the bare machine would take the machine down with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import rpsdg.sandbox
from rpsdg.sandbox.conformance import conformance_place
from rpsdg.sandbox.docker_runner import DockerSandbox
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings

HUNGRY = ["exhausting tests", "number of files", "disk limit", "memory of all", "too many processes"]
# Runs in the container: prints, for each check, what it returned or raised.
RUN = """
import json, sys
from pathlib import Path
from rpsdg.sandbox.conformance import CHECKS, name_of
from rpsdg.sandbox.contract import Place
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings
wrapped, cache, place, version, names = json.loads(sys.argv[1])
settings = Settings(cache=Path(cache))
sandbox = LocalSandbox(settings, bubblewrap=wrapped)
for check in CHECKS:
    if name_of(check) in names:
        try: said = check(sandbox, Place(place, version), settings.limits)
        except AssertionError as error: said = f"failed: {error}"
        print(json.dumps([name_of(check), said]), flush=True)
sandbox.close()
"""
# What has no limit in the plain sandbox, shown where it can do no harm: the temporary folder gets full.
FILL = """
import json, os, sys, tempfile
from pathlib import Path
from dataclasses import replace
from rpsdg.sandbox.checks_common import run_python, tree_of
from rpsdg.sandbox.contract import Place
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings
wrapped, cache, place, version, names = json.loads(sys.argv[1])
settings = Settings(cache=Path(cache))
limits = replace(settings.limits, disk=8 * 1024**2, files=100)
sandbox = LocalSandbox(settings, bubblewrap=wrapped)
code = '''
import os
count = 0
try:
    for count in range(10000): open(f"part{count}", "wb").write(bytes(2**20))
except OSError as error: print(count, error.strerror, flush=True)
open("/etc/hostile", "w").write("here")
'''
with sandbox.open(Place(place, version), limits) as session:
    print(json.dumps(run_python(session, code, timeout=120).output))
print(json.dumps(os.path.exists("/etc/hostile")))
with sandbox.open(Place(place, version), limits) as session:
    print(json.dumps(run_python(session, "import os; print(os.listdir())").output))
sandbox.close()
"""


@pytest.fixture(params=["bubblewrap_sandbox", "plain_local_sandbox"])
def outer(request: pytest.FixtureRequest, docker_sandbox: DockerSandbox, settings: Settings) -> list[str]:
    """The beginning of a command that runs Python in a container, and what that is to be given."""
    inner = request.getfixturevalue(request.param)
    assert isinstance(inner, LocalSandbox)
    place = conformance_place(inner, settings)
    code = Path(rpsdg.sandbox.__file__).parents[1]
    mounts = {str(code), sys.prefix, str(Path(sys.base_prefix).resolve()), str(settings.cache)} - {"/usr"}
    command = ["docker", "run", "--rm", "--init", "--network=none", "--memory=3g", "--memory-swap=3g"]
    command += ["--pids-limit=1500", "--tmpfs=/tmp:size=300m,nr_inodes=50000,exec"]
    if inner.bubblewrap:  # it makes namespaces and mounts, which a container usually may not
        mounts.add("/usr/bin/bwrap")
        command += ["--cap-add=SYS_ADMIN", "--cap-add=NET_ADMIN"]
        command += ["--security-opt=seccomp=unconfined", "--security-opt=systempaths=unconfined"]
    command += [f"--volume={path}:{path}:ro" for path in sorted(mounts)]
    about = [inner.bubblewrap, str(settings.cache), place.name, place.python, HUNGRY]
    return [*command, docker_sandbox.base(), sys.executable, "-c", json.dumps(about)]


def lines(command: list[str], code: str) -> list[Any]:
    """Run some code in the container; returns the JSON values that it prints."""
    *before, about = command
    done = subprocess.run([*before, code, about], capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.docker
@pytest.mark.network
@pytest.mark.slow
def test_hungry_checks(outer: list[str]) -> None:
    said: dict[str, str | None] = dict(lines(outer, RUN))
    assert said.keys() == set(HUNGRY)
    wrapped = json.loads(outer[-1])[0]
    for name, detail in said.items():
        admitted = not wrapped and name in {"number of files", "disk limit"}
        assert (detail is not None) == admitted, f"{name}: {detail}"
        assert not admitted or "not all of them together" in str(detail)


@pytest.mark.docker
@pytest.mark.network
def test_without_walls_the_disk_gets_full_and_the_system_is_written(outer: list[str]) -> None:
    filled, written, left = lines(outer, FILL)
    wrapped = json.loads(outer[-1])[0]
    count, _, why = str(filled).partition(" ")
    assert "No space left" in why or not wrapped
    assert written is not wrapped
    assert left == "[]\n"
    assert int(count) <= 8 if wrapped else int(count) > 100
