"""The hostile suite is a list of real cases: each has a check that tries it, and each probe can succeed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rpsdg.sandbox.checks_walls import WALL_CASES, bait
from rpsdg.sandbox.conformance import CHECKS, conformance_place, name_of
from rpsdg.sandbox.hostile_cases import CASES, uncontained
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.session import inside_source
from rpsdg.sandbox.settings import Settings

NEEDS_ROOT = {"raw sockets", "settings of the kernel", "kernel interfaces", "scapegoat"}
# These change the process, or need what a machine for tests may lack.
NOT_TRIED = {"set uid", "devices and mounts", "terminal", "dns", "metadata address", "namespaces"}


def test_every_case_has_a_check_a_name_and_words() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 30
    assert {case.check for case in CASES} <= {name_of(check) for check in CHECKS}
    for case in CASES:
        assert case.tries[0].islower()
        assert case.tries[-1] != "."
        assert "|" not in case.tries + case.ends


def test_docker_contains_every_test_but_the_forger_within() -> None:
    names = [case.name for case in uncontained("docker") if not case.name.startswith("building")]
    assert names == ["the plugin taken over"]
    assert {case.name for case in uncontained("bubblewrap")} <= {case.name for case in uncontained("plain")}


def test_every_probe_gets_out_where_nothing_holds_it(tmp_path: Path) -> None:
    """Without a sandbox, the supervisor's place is taken by this process."""
    tried = {case.name for case in WALL_CASES} - NOT_TRIED - (set() if os.getuid() == 0 else NEEDS_ROOT)
    names = json.dumps(sorted(name.replace(" ", "_") for name in tried))
    with bait() as put_up:
        if put_up["tcp6"] is None:
            tried.discard("tcp over ipv6")
        command = [sys.executable, "-I", "-c", inside_source("probes"), json.dumps(put_up), names]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    reached = {name.replace("_", " ") for name, what in json.loads(done.stdout).items() if what}
    assert reached >= tried


@pytest.mark.network
@pytest.mark.parametrize("runner", ["bubblewrap_sandbox", "plain_local_sandbox"])
def test_the_metadata_address_and_the_resolver(
    runner: str, request: pytest.FixtureRequest, settings: Settings
) -> None:
    """In a network namespace where both exist and are ours: only without walls are they reached."""
    sandbox = request.getfixturevalue(runner)
    assert isinstance(sandbox, LocalSandbox)
    place = conformance_place(sandbox, settings)
    about = json.dumps([sandbox.bubblewrap, str(settings.cache), place.name, place.python])
    enter = ["unshare", "--net"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    set_up = "ip link set lo up && ip address add 169.254.169.254/32 dev lo"
    command = [
        *enter,
        "sh",
        "-c",
        f'{set_up} && exec "$@"',
        "sh",
        sys.executable,
        "-c",
        _IN_A_NAMESPACE,
        about,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    reached, itself, asked = json.loads(done.stdout.splitlines()[-1])
    assert itself == "metadata"
    assert (reached == "metadata") == (asked > 0) == (not sandbox.bubblewrap)


_IN_A_NAMESPACE = """
import json, socket, sys, threading
from pathlib import Path
from rpsdg.sandbox.checks_common import told
from rpsdg.sandbox.contract import Place
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings
wrapped, cache, place, version = json.loads(sys.argv[1])
metadata = socket.create_server(("169.254.169.254", 80))
resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
resolver.bind(("127.0.0.1", 53))
resolver.setblocking(False)
def answer():
    while True:
        with metadata.accept()[0] as caller: caller.sendall(b"metadata")
threading.Thread(target=answer, daemon=True).start()
def itself():
    with socket.create_connection(("169.254.169.254", 80), 5) as one: return one.recv(99).decode()
code = '''
import json, socket
reached = None
try:
    with socket.create_connection(("169.254.169.254", 80), 5) as one: reached = one.recv(99).decode()
except OSError: pass
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
    try: one.sendto(b"who is there?", ("127.0.0.1", 53))
    except OSError: pass
print(json.dumps(reached))
'''
sandbox = LocalSandbox(Settings(cache=Path(cache)), bubblewrap=wrapped)
with sandbox.open(Place(place, version), Settings().limits) as session:
    reached = told(session, code)
sandbox.close()
asked = 0
try:
    while resolver.recv(99): asked += 1
except BlockingIOError: pass
print(json.dumps([reached, itself(), asked]))
"""
