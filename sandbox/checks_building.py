"""Conformance checks about hostile builds: a `setup.py` or a build back-end is code, and wheels place files.

A build has a network, since it needs the package index. Everything else holds as for tests.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from pathlib import Path

from uv import find_uv_bin

from .checks_common import expect
from .checks_walls import WALL_CASES, bait
from .contract import Executed, Limits, Place, Sandbox, Session
from .hostile import EVERYWHERE, LOCAL, HostileCase, Walls, walls_of
from .session import inside_source

__all__ = ["BUILDING_CASES", "check_building_limits", "check_building_walls", "check_wheels"]

# What a build reaches besides what a test does.
_MORE: dict[str, frozenset[Walls]] = {
    "tcp over ipv4": LOCAL,
    "tcp over ipv6": LOCAL,
    "udp": LOCAL,
    "abstract socket": LOCAL,
    "dns": EVERYWHERE,
    "metadata address": EVERYWHERE,
}
BUILDING_CASES = (
    *(
        HostileCase(
            f"building: {case.name}", case.tries, case.ends, "building walls", _MORE.get(case.name, case.open)
        )
        for case in WALL_CASES
    ),
    HostileCase(
        "building: daemons",
        "leaves processes behind, deaf ones too",
        "killed when the build's command ends",
        "building limits",
    ),
    HostileCase(
        "building: output",
        "prints without end",
        "stopped: the environment fails, with what it said",
        "building limits",
    ),
    HostileCase(
        "building: processes",
        "forks without end",
        "refused or stopped: the environment fails",
        "building limits",
    ),
    HostileCase(
        "building: paths in wheels",
        "is a wheel with paths that lead out of the environment: absolute, with `..`, through a link",
        "the installer refuses it, or nothing lies outside the environment",
        "wheels",
    ),
)


def check_building_walls(sandbox: Sandbox, _place: Place, _limits: Limits) -> str | None:
    """A build reaches what tests reach and the network, and nothing else."""
    names = json.dumps([case.name.replace(" ", "_") for case in WALL_CASES])
    with bait() as put_up, sandbox.build(None) as session:
        done = _python(session, inside_source("probes"), json.dumps(put_up), names)
    expect(done.returncode == 0, f"probing failed: {done}")
    reached = {name.replace("_", " ") for name, what in json.loads(done.output).items() if what}
    declared = {case.name for case in WALL_CASES if walls_of(sandbox) in _MORE.get(case.name, case.open)}
    expect(reached <= declared, f"these got out: {sorted(reached - declared)}")
    return next(f"not enforced here: {text}" for text in sandbox.caveats() if "build" in text.lower())


def check_building_limits(sandbox: Sandbox, _place: Place, limits: Limits) -> None:
    """A build that floods, forks or leaves daemons is stopped like a test, and its session goes on."""
    daemon = (
        "import os, signal, time\n"
        "for _ in range(3):\n"
        "    if not os.fork():\n"
        "        os.setsid()\n"
        "        if os.fork(): os._exit(0)\n"
        "        for number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)\n"
        "        open(f'{os.environ[\"HOME\"]}/{os.getpid()}', 'w').close()\n"
        "        time.sleep(600); os._exit(0)\n"
        "while len(os.listdir(os.environ['HOME'])) < 3: time.sleep(0.01)"
    )
    alive = (
        "import os\n"
        "for pid in os.listdir(os.environ['HOME']):\n"
        "    try: os.kill(int(pid), 0); print(pid)\n"
        "    except OSError: pass"
    )
    bomb = (
        "import os, time\nfor _ in range(10):\n    try: os.fork()\n    except OSError: pass\ntime.sleep(60)"
    )
    with sandbox.build(None) as session:
        done = _python(session, daemon)
        expect(done.returncode == 0 and done.stopped is None, f"daemons: {done}")
        expect(_python(session, alive).output == "", "daemons outlive the build's command")
        done = _python(session, "import os\nwhile True: os.write(1, b'x' * 65536)")
        expect(
            done.stopped == "output-flood" and len(done.output) <= limits.output, f"a flood: {done.stopped}"
        )
        done = _python(session, bomb, timeout=3.0)
        expect(
            done.stopped in {"timeout", "too-many-processes"} and done.seconds < 20, f"a fork bomb: {done}"
        )
        expect(session.execute(["echo", "alive"], timeout=20).output == "alive\n", "the session is lost")


def check_wheels(sandbox: Sandbox, _place: Place, _limits: Limits) -> None:
    """A wheel whose paths lead out of the environment leaves nothing outside of it."""
    with sandbox.build(None) as session:
        uv, env = (
            f"{session.home}/uv",
            {"UV_NO_CONFIG": "1", "UV_OFFLINE": "1", "UV_CACHE_DIR": f"{session.home}/c"},
        )
        session.write(uv, Path(find_uv_bin()).read_bytes(), 0o755)
        target = f"{session.prefix}/env"
        made = session.execute(
            [uv, "venv", "-q", "--python", session.executable, target], timeout=60, env=env
        )
        expect(made.returncode == 0, f"no environment could be made: {made.output}")
        outside = f"{session.home}/outside"
        paths = (
            "../../../../../../../../" + outside[1:],
            outside,
            "a/../../../../../../../../.." + outside,
            "link/x",
        )
        for number, path in enumerate(paths):
            wheel = f"{session.home}/evil{number}-1-py3-none-any.whl"
            session.write(wheel, _wheel(f"evil{number}", path, outside))
            command = [uv, "pip", "install", "-q", "--no-deps", "--python", f"{target}/bin/python", wheel]
            done = session.execute(command, timeout=60, env=env)
            left = session.execute(["ls", "-d", outside, f"{outside}/x"], timeout=20)
            expect(
                left.returncode != 0 and "\n" + outside not in "\n" + left.output,
                f"{path}: {done.output} {left}",
            )
        honest = f"{session.home}/honest-1-py3-none-any.whl"
        session.write(honest, _wheel("honest", "honest.py", outside))
        done = session.execute([*command[:-1], honest], timeout=60, env=env)
        expect(done.returncode == 0, f"an honest wheel cannot be installed: {done.output}")


def _python(session: Session, code: str, *arguments: str, timeout: float = 60.0) -> Executed:
    return session.execute([session.executable, "-I", "-c", code, *arguments], timeout=timeout)


def _wheel(name: str, path: str, outside: str) -> bytes:
    """Return a wheel with a file at `path`, and a link that leads outside."""
    about = f"{name}-1.dist-info"
    files = {
        path: b"x = 1\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [
        f"{one},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}"
        for one, data in files.items()
    ]
    files[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if path.startswith("link/"):
            link = zipfile.ZipInfo("link")
            link.create_system, link.external_attr = 3, 0o120777 << 16
            archive.writestr(link, outside)
        for one, data in files.items():
            archive.writestr(one, data)
    return buffer.getvalue()
