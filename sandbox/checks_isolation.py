"""Conformance checks about walls: what a command can see, reach and change."""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from .checks_common import admitted, expect, run_python, told
from .contract import Limits, Place, Sandbox

__all__ = ["ISOLATION_CHECKS"]

_VARIABLES = {
    "PATH",
    "HOME",
    "TMPDIR",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "TZ",
    "COLUMNS",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHASHSEED",
}


def check_environment_is_scrubbed(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """No variable of the host reaches a command, a build, or any process that they can see."""
    name, token = "RPSDG_CONFORMANCE_SECRET", secrets.token_hex(16)
    caveat = admitted(sandbox, "read your files")
    code = (
        "import json, os, sys\n"
        "text = repr(sorted(os.environ.items()))\n"
        "for pid in [p for p in os.listdir('/proc') if p.isdigit()] if sys.argv[1] == 'all' else ['self']:\n"
        "    try: text += open(f'/proc/{pid}/environ').read()\n"
        "    except OSError: pass\n"
        "print(json.dumps([sorted(os.environ), text]))"
    )
    os.environ[name] = token
    try:
        with sandbox.open(place, limits) as session:
            names, text = told(session, code, "self" if caveat else "all")
            expect(token not in text and name not in text, "a variable of the host is in the sandbox")
            expect(set(names) == _VARIABLES, f"the variables are {names}")
        with sandbox.build(None) as session:
            command = [session.executable, "-I", "-c", code, "self" if caveat else "all"]
            text = session.execute(command, timeout=30).output
            expect("PATH" in text, f"looking failed: {text}")
            expect(token not in text and name not in text, "a variable of the host is in a build")
    finally:
        del os.environ[name]
    return caveat


def check_ordinary_user(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """Commands run as an ordinary user without capabilities, and cannot gain any."""
    caveat = admitted(sandbox, "write wherever")
    code = (
        "import json, os\n"
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "print(json.dumps([os.getuid(), os.getgid(), int(status['CapEff'], 16), int(status['CapBnd'], 16), "
        "int(status['NoNewPrivs'])]))"
    )
    with sandbox.open(place, limits) as session:
        uid, gid, effective, bounding, no_new = told(session, code)
    if caveat is None:
        expect(uid != 0 and gid != 0, f"commands run as user {uid}, group {gid}")
        expect(bounding == 0, f"capabilities could be gained: {bounding:x}")
    expect(effective == 0, f"commands have capabilities: {effective:x}")
    expect(no_new == 1, "set-uid programs give new privileges")
    return caveat


def check_home_and_account(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """The user has a name, a group and a home folder that can be written."""
    code = (
        "import grp, json, os, pathlib, pwd\n"
        "home = pathlib.Path.home()\n"
        "(home / 'x').write_text('x')\n"
        "user = pwd.getpwuid(os.getuid())\n"
        "group = grp.getgrgid(os.getgid())\n"
        "print(json.dumps([str(home) == os.environ['HOME'], user.pw_name, group.gr_name]))"
    )
    with sandbox.open(place, limits) as session:
        same, user, group = told(session, code)
        expect(same and user and group, f"home {same}, user {user!r}, group {group!r}")


def check_no_network(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """A listener on the host cannot be reached, by address or by abstract name; there is no way out."""
    caveat = admitted(sandbox, "use the network")
    if caveat:
        return caveat
    code = (
        "import json, socket, sys\n"
        "reached = []\n"
        "tcp, unix = ('127.0.0.1', int(sys.argv[1])), '\\0' + sys.argv[2]\n"
        "for family, address in ((socket.AF_INET, tcp), (socket.AF_UNIX, unix)):\n"
        "    with socket.socket(family) as s:\n"
        "        s.settimeout(2)\n"
        "        try: s.connect(address); reached.append(str(address))\n"
        "        except OSError: pass\n"
        "routes = open('/proc/net/route').read().splitlines()[1:]\n"
        "print(json.dumps([reached, routes, [name for _, name in socket.if_nameindex()]]))"
    )
    with closing(socket.socket()) as tcp, closing(socket.socket(socket.AF_UNIX)) as unix:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        name = f"rpsdg-conformance-{secrets.token_hex(8)}"
        unix.bind(f"\0{name}")
        unix.listen()
        with closing(socket.create_connection(tcp.getsockname(), timeout=5)):
            pass  # the listener does listen
        with sandbox.open(place, limits) as session:
            reached, routes, interfaces = told(session, code, str(tcp.getsockname()[1]), name)
    expect(reached == [], f"reached the host at {reached}")
    expect(routes == [], f"there are routes: {routes}")
    expect(set(interfaces) <= {"lo"}, f"there are network interfaces: {interfaces}")
    return None


def check_read_only_root(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """Outside the work space nothing can be written, the kernel's settings included; all of it has a size."""
    caveat = admitted(sandbox, "write wherever")
    if caveat:
        return caveat
    code = """
import json, os
writable, unbounded, settings = [], [], []
for line in open('/proc/self/mounts'):
    mount, kind = line.split()[1:3]
    if kind not in ('proc', 'devpts', 'mqueue') and os.path.isdir(mount) and os.access(mount, os.W_OK):
        writable.append(mount)
        size = os.statvfs(mount)
        if not 0 < size.f_blocks * size.f_frsize < 2**31:
            unbounded.append(mount)
for folder, below, files in os.walk('/proc'):
    if folder == '/proc':
        below[:] = [b for b in below if not b.isdigit() and b not in ('self', 'thread-self', 'pressure')]
    paths = (os.path.join(folder, name) for name in files)
    settings += [p for p in paths if os.access(p, os.W_OK) and os.path.isfile(p)]
print(json.dumps([sorted(set(writable)), unbounded, settings[:5]]))
"""
    with sandbox.open(place, limits) as session:
        writable, unbounded, settings = told(session, code)
        allowed = {session.tree, "/tmp", "/run/rpsdg", "/dev/shm"}
        expect(set(writable) <= allowed, f"these can be written: {writable}")
        expect(unbounded == [], f"these have no size: {unbounded}")
        expect(settings == [], f"settings of the kernel can be written: {settings}")
        for path in ("/etc/passwd", "/usr/bin/env", f"{session.prefix}/env/pyvenv.cfg"):
            done = run_python(session, f"open({path!r}, 'a')")
            expect(done.returncode == 1, f"`{path}` can be opened for writing")
    return None


def check_supervisor_is_out_of_reach(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """Commands cannot open the supervisor's streams, memory or variables through /proc."""
    caveat = admitted(sandbox, "signal your other")
    code = """
import json, os, sys
opened = []
others = [p for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]
for pid in others if sys.argv[1] == 'all' else [str(os.getppid())]:
    names = [f'fd/{n}' for n in range(16)] + ['mem', 'environ']
    for path in (f'/proc/{pid}/{name}' for name in names):
        for mode in (os.O_RDONLY, os.O_WRONLY):
            try:
                os.close(os.open(path, mode | os.O_NONBLOCK))
                opened.append(path)
            except OSError:
                pass
print(json.dumps(opened))
"""
    with sandbox.open(place, limits) as session:
        opened = told(session, code, "parent" if caveat else "all")
        expect(opened == [], f"a command can open {opened}")
    return None


def check_supervisor_cannot_be_killed(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """A command that signals everything it can ends itself and not the session."""
    caveat = admitted(sandbox, "signal your other")
    if caveat:
        return caveat
    code = (
        "import os, signal\n"
        "for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):\n"
        "    for pid in (-1, os.getppid(), 1):\n"
        "        try: os.kill(pid, number)\n"
        "        except OSError: pass\n"
        "print('over')"
    )
    with sandbox.open(place, limits) as session:
        done = run_python(session, code)
        expect(done.stopped is None, f"it ended with {done}")
        expect(session.execute(["echo", "alive"], timeout=20).output == "alive\n", "the session is lost")
    return None


def check_only_own_processes(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """A command sees itself and its supervisor, and no other process of the machine."""
    caveat = admitted(sandbox, "signal your other")
    if caveat:
        return caveat
    code = "import json, os; print(json.dumps([p for p in os.listdir('/proc') if p.isdigit()]))"
    with sandbox.open(place, limits) as session, sandbox.open(place, limits):
        pids = told(session, code)
        expect(len(pids) == 2, f"there are {len(pids)} processes to see")
    return None


def check_host_files_are_out_of_sight(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """A file of the host's temporary or home folder cannot be read."""
    caveat = admitted(sandbox, "read your files")
    if caveat:
        return caveat
    code = "import json, os, sys; print(json.dumps([p for p in sys.argv[1:] if os.path.lexists(p)]))"
    sockets = ["/run/docker.sock", "/var/run/docker.sock", "/run/dbus", "/run/user"]
    with ExitStack() as stack:
        files = []
        for folder in (Path(tempfile.gettempdir()), Path.home()):
            with suppress(OSError):  # a home that cannot be written
                files.append(
                    stack.enter_context(tempfile.NamedTemporaryFile(dir=folder, prefix=".rpsdg-")).name
                )
        session = stack.enter_context(sandbox.open(place, limits))
        seen = told(session, code, *files, *sockets)
    expect(seen == [], f"these can be seen: {seen}")
    return None


def check_session_outlives_its_thread(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A session that one thread opened can be used by another when the first has ended."""
    opening = sandbox.open(place, limits)
    with ThreadPoolExecutor(1) as pool:
        session = pool.submit(opening.__enter__).result()
    try:
        time.sleep(0.2)
        expect(session.execute(["echo", "alive"], timeout=20).output == "alive\n", "the session is lost")
    finally:
        opening.__exit__(None, None, None)


ISOLATION_CHECKS = [
    check_environment_is_scrubbed,
    check_ordinary_user,
    check_home_and_account,
    check_no_network,
    check_read_only_root,
    check_supervisor_is_out_of_reach,
    check_supervisor_cannot_be_killed,
    check_only_own_processes,
    check_host_files_are_out_of_sight,
    check_session_outlives_its_thread,
]
