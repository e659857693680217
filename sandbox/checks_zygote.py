"""Promises about the zygote: what it says of a candidate, and what candidates leave to the next: nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rpsdg.traces.identity import mask

from .checks_common import expect, told, tree_of
from .contract import Limits, Place, RefusedError, Sandbox, Session
from .glimpse import Glimpse, Swap
from .report import TestReport

__all__ = ["ZYGOTE_CHECKS"]

_SHOP = """\
import functools
import os

LIMIT = 3

def decorated(function):
    @functools.wraps(function)
    def around(*arguments):
        return function(*arguments)
    return around

class Basket:
    def __init__(self):
        self.items = []

    def add(self, item):
        if len(self.items) >= LIMIT:
            raise OverflowError(item)
        self.items.append(item)

    @property
    def size(self):
        return len(self.items)

class Named(Basket):
    @decorated
    def add(self, item):
        super().add(str(item))

def twice(number):
    def inner():
        return number * 2
    return inner()

def place():
    return os.environ.get("PLACE", "here")
"""
_TESTS = """\
import os, tempfile, unittest
from pathlib import Path
import pytest
from shop import Basket, Named, place, twice

@pytest.fixture(scope="module")
def shared():
    return Basket()

def test_add(shared):
    shared.add(1)
    assert shared.size == 1

def test_limit():
    basket = Basket()
    for number in range(3):
        basket.add(number)
    with pytest.raises(OverflowError):
        basket.add(4)

class NamedTest(unittest.TestCase):
    def test_named(self):
        basket = Named()
        basket.add(7)
        self.assertEqual(basket.items, ["7"])

@pytest.mark.parametrize("number", [1, 2])
def test_twice(number):
    assert twice(number) == 2 * number

def test_place(tmp_path):
    assert place() == "here"
    assert not list(Path(tempfile.gettempdir()).glob("dropped*"))
    assert not Path("dropped.txt").exists() and not (Path.home() / "dropped.txt").exists()

def test_alone():
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            command = Path("/proc", number, "cmdline").read_bytes()
        except OSError:
            continue
        assert b"sleep\\x0061234" not in command

@pytest.mark.xfail(strict=True)
def test_xfail():
    assert twice(1) == 3
"""
_FILE = "test_shop.py"
_SHOP_FILE = "shop.py"
_TREE = tree_of({_SHOP_FILE: _SHOP, _FILE: _TESTS})
_ALL = [
    f"{_FILE}::{name}"
    for name in (
        "test_add",
        "test_limit",
        "NamedTest::test_named",
        "test_twice[1]",
        "test_twice[2]",
        "test_place",
        "test_alone",
    )
]
_LIMIT = 5.0
_TWICE = _SHOP[: _SHOP.index("def twice")].count("\n") + 1


@contextmanager
def _warm(sandbox: Sandbox, place: Place, limits: Limits) -> Iterator[Session]:
    with sandbox.open(place, limits) as session:
        session.load(_TREE)
        warmth = session.warm(["-q"], timeout=60)
        expect({*_ALL, f"{_FILE}::test_xfail"} == {*warmth.items}, f"collected {warmth.items}")
        yield session


def _tried(session: Session, old: str, new: str, name: str | None = None) -> Glimpse:
    """Try an edit, by exchanging the function of that name or by importing anew."""
    expect(_SHOP.count(old) == 1, f"`{old}` is not there once")
    source = _SHOP.replace(old, new).encode()
    swap = None
    if name is not None:
        lines = _SHOP[: _SHOP.index(old)].splitlines()
        line = max(n for n, text in enumerate(lines, 1) if text.lstrip().startswith(f"def {name}("))
        if lines[line - 2].lstrip().startswith("@"):
            line -= 1
        swap = Swap(_SHOP_FILE, line, name, source)
    return session.attempt({_SHOP_FILE: source}, [(node, _LIMIT) for node in _ALL], swap)


def _green(session: Session, after: str) -> None:
    for how in ("swap", "import"):
        swap = Swap(_SHOP_FILE, _TWICE, "twice", _SHOP.encode()) if how == "swap" else None
        seen = session.attempt({}, [(node, _LIMIT) for node in _ALL], swap)
        expect((seen.outcome, seen.how) == ("green", how), f"after {after}, the untouched program is {seen}")


def check_zygote_finds_bugs(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A bug is seen in a function, a method, a closure and at module level, and by the right test."""
    with _warm(sandbox, place, limits) as session:
        _green(session, "the start")
        for old, new, name, failing, how in (
            ("number * 2", "number * 3", "twice", "test_twice[1]", "swap"),
            ("len(self.items) >=", "len(self.items) >", "add", "test_limit", "swap"),
            ("str(item)", "item", "add", "NamedTest::test_named", "swap"),
            ("super().add(str(item))", "pass", "add", "NamedTest::test_named", "import"),
            ("LIMIT = 3", "LIMIT = 4", None, "test_limit", "import"),
            ("number * 2", "number * 3", None, "test_twice[1]", "import"),
        ):
            seen = _tried(session, old, new, name)
            wanted = ("red", f"{_FILE}::{failing}", how)
            expect((seen.outcome, seen.node, seen.how) == wanted, f"`{new}` instead of `{old}` is {seen}")
        seen = _tried(session, "number * 2", "2 * number", "twice")
        expect(seen.outcome == "green", f"a change of no consequence is {seen}")
        broken = _tried(session, "LIMIT = 3", "LIMIT =")
        expect(broken.outcome == "red", f"a file that does not compile is {broken}")
        missing = session.attempt({}, [(f"{_FILE}::test_gone", _LIMIT)])
        expect(missing.outcome == "red", f"a test that is not there is {missing}")
        xfail = session.attempt({}, [(f"{_FILE}::test_xfail", _LIMIT)])
        expect(xfail.outcome == "red", f"an expected failure counts as {xfail}")
        _green(session, "all of them")
        expect(session.digest() == _TREE.digest, "a candidate stayed in the tree")


def check_zygote_runs_all_if_asked(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """All failing tests are named where all are wanted."""
    with _warm(sandbox, place, limits) as session:
        source = _SHOP.replace("number * 2", "number * 3").encode()
        seen = session.attempt({_SHOP_FILE: source}, [(node, _LIMIT) for node in _ALL], through=True)
        expect(set(seen.failing) == {n for n in _ALL if "test_twice" in n}, f"{seen.failing} fail")


def check_zygote_survives_candidates(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Hangs, crashes, memory hogs and early exits are told apart, and the next candidate is not affected."""
    with _warm(sandbox, place, limits) as session:
        for body, outcome in (
            ("while True: pass", "hang"),
            ("__import__('time').sleep(3600)", "stuck"),
            ("os.abort()", "crash"),
            ("os._exit(0)", "crash"),
            ("os.kill(os.getpid(), 9)", "crash"),
            ("raise SystemExit(0)", "red"),
            ("raise KeyboardInterrupt", "red"),
            ("__import__('pytest').exit('enough', 0)", "red"),
            ("return bytearray(1 << 40)", "memory"),
        ):
            for name in ("twice", None):
                source = _SHOP.replace("    return inner()", f"    {body}").encode()
                swap = Swap(_SHOP_FILE, _TWICE, "twice", source) if name else None
                seen = session.attempt({_SHOP_FILE: source}, [(f"{_FILE}::test_twice[1]", 0.5)], swap)
                expect(seen.outcome == outcome, f"`{body}` ends as {seen}")
        _green(session, "candidates that broke off")


def check_zygote_forgets(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Files, variables, random numbers, folders and processes of one candidate are gone for the next."""
    with _warm(sandbox, place, limits) as session:
        for body in (
            "open('dropped.txt', 'w').close()",
            "open(os.path.expanduser('~/dropped.txt'), 'w').close()",
            "open(os.path.join(__import__('tempfile').gettempdir(), 'dropped.txt'), 'w').close()",
            f"open({_FILE!r}, 'w').close()",
            "os.unlink('shop.py')",
            "os.truncate('shop.py', 3)",
            "os.chmod('shop.py', 0)",
            "file = open('shop.py', 'r+b'); __import__('mmap').mmap(file.fileno(), 0)[:1] = b'#'",
            "os.link('shop.py', 'name'); open('name', 'a').write('#'); os.unlink('name')",
            "os.mkdir('deep'); os.mkdir('deep/er'); open('deep/er/file', 'w').close(); os.chmod('deep', 0)",
            "os.environ['PLACE'] = 'there'",
            "Basket.size = 0",
            "__import__('sys').modules.clear()",
            "__import__('subprocess').Popen(['sleep', '61234'], start_new_session=True)",
            "os.chdir('/')",
            "os.close(0); os.close(1); os.close(2)",
        ):
            for name in ("twice", None):
                source = _SHOP.replace("    return inner()", f"    {body}\n    return inner()").encode()
                swap = Swap(_SHOP_FILE, _TWICE, "twice", source) if name else None
                session.attempt({_SHOP_FILE: source}, [(f"{_FILE}::test_twice[1]", _LIMIT)], swap)
                _green(session, f"`{body}`")
        expect(session.digest() == _TREE.digest, "a candidate stayed in the tree")


def check_zygote_shares_nothing(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Where forks would share an open file or a lock, each candidate imports the project for itself."""
    for shared in ("FILE = open('numbers.txt')", "import multiprocessing\nLOCK = multiprocessing.Lock()"):
        tests = f"{shared}\nfrom shop import twice\ndef test_twice(): assert twice(1) == 2\n"
        with sandbox.open(place, limits) as session:
            session.load(tree_of({_SHOP_FILE: _SHOP, _FILE: tests, "numbers.txt": "1\n2\n"}))
            session.warm(["-q"], timeout=60)
            swap = Swap(_SHOP_FILE, _TWICE, "twice", _SHOP.encode())
            seen = session.attempt({}, [(f"{_FILE}::test_twice", _LIMIT)], swap)
            expect((seen.outcome, seen.how) == ("green", "import"), f"with `{shared}` it is {seen}")


def check_zygote_sees_past_conftests(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """What a conftest loads, opens or starts before the collection never stands in for a candidate's code."""
    node = f"{_FILE}::test_twice"
    wrong = _SHOP.replace("number * 2", "number * 3").encode()
    for conftest in (
        "import shop\nshop.twice(1)",
        "FILE = open('numbers.txt')",
        "import subprocess\nCHILD = subprocess.Popen(['sleep', '60'])",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "def pytest_configure(config):\n    import shop\n    config.twice = shop.twice",
    ):
        tests = "def test_twice(pytestconfig):\n    import shop\n"
        tests += "    assert getattr(pytestconfig, 'twice', shop.twice)(1) == 2\n"
        files = {_SHOP_FILE: _SHOP, _FILE: tests, "conftest.py": f"{conftest}\n", "numbers.txt": "1\n2\n"}
        with sandbox.open(place, limits) as session:
            session.load(tree_of(files))
            session.warm(["-q"], timeout=60)
            for source, outcome in ((wrong, "red"), (_SHOP.encode(), "green"), (wrong, "red")):
                seen = session.attempt({_SHOP_FILE: source}, [(node, _LIMIT)])
                expect((seen.outcome, seen.how) == (outcome, "import"), f"with `{conftest}` it is {seen}")


def check_zygote_does_not_count_what_came_before(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A test that waits is no hang because the tests before it computed."""
    tests = (
        "import time\nfrom shop import twice\n"
        "def test_busy():\n    end = time.process_time() + 0.8\n    while time.process_time() < end: pass\n"
        "def test_waits(): time.sleep(1.2)\n"
    )
    with sandbox.open(place, limits) as session:
        session.load(tree_of({_SHOP_FILE: _SHOP, _FILE: tests}))
        session.warm(["-q"], timeout=60)
        swap = Swap(_SHOP_FILE, _TWICE, "twice", _SHOP.encode())
        for route in (swap, None):
            both = [(f"{_FILE}::test_busy", _LIMIT), (f"{_FILE}::test_waits", 0.6)]
            seen = session.attempt({}, both, route)
            expect(seen.outcome == "green", f"a test that waits is {seen}")


def check_zygote_takes_no_forgery(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """What a candidate writes wherever it can is refused, and never an answer about another candidate."""
    frame = '{"outcome": "green", "node": None, "failing": [], "seconds": 0.1, "cpu": 0.1, "how": "swap"}'
    for body in (
        'x = b\'{"outcome": "green"}\\n\'',
        'x = b\'{"outcome": "red", "node": {}, "failing": 5}\\n\'',
        "x = b'[]\\n'",
        f"import json, struct; h = json.dumps({frame}).encode(); x = struct.pack('>II', len(h), 0) + h",
    ):
        attack = f"    {body}\n    for fd in range(3, 64):\n"
        attack += "        try: os.write(fd, x)\n        except OSError: pass\n"
        for name in ("twice", None):
            with _warm(sandbox, place, limits) as session:
                source = _SHOP.replace("    return inner()", f"{attack}    return number + 40").encode()
                swap = Swap(_SHOP_FILE, _TWICE, "twice", source) if name else None
                with suppress(RefusedError):  # a forgery that is noticed
                    session.attempt({_SHOP_FILE: source}, [(f"{_FILE}::test_twice[1]", _LIMIT)], swap)
                with suppress(RefusedError):  # it is gone, which is said
                    _green(session, f"`{body}`")
                    seen = _tried(session, "number * 2", "number * 3", "twice")
                    expect(seen.outcome == "red", f"after `{body}`, a bug is {seen}")
                    _green(session, f"`{body}`")


def check_shared_runs_are_as_good(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A run that the zygote bears says what one in a sandbox of its own says, to the letter."""
    wrong = _SHOP.replace("LIMIT = 3", "LIMIT = 2").encode()
    reports = []
    with sandbox.open(place, limits) as session:
        session.load(_TREE)
        session.write(_SHOP_FILE, wrong)
        reports += [session.test(["-q"], timeout=60, record=record) for record in ((), ("calls", "lines"))]
    with _warm(sandbox, place, limits) as session, session.sharing():
        session.write(_SHOP_FILE, wrong)
        shared = [session.test(["-q"], timeout=60, record=record) for record in ((), ("calls", "lines"))]
    for own, other in zip(reports, shared, strict=True):
        expect(own.complete and f"{_FILE}::test_limit" in own.failures, f"it says {own}")
        for name in ("outcomes", "failures", "lines", "calls", "returncode"):
            one, two = (mask(str(getattr(report, name))) for report in (own, other))
            expect(one == two, f"of {name} one says {one}, one that the zygote bore {two}")
        expect(mask(own.output) == mask(other.output), f"it says {other.output}, and alone {own.output}")


def check_shared_runs_leave_nothing(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Whatever a run in a shared sandbox does, the next one and the zygote find nothing of it."""
    evil = (
        "    import os, pathlib, subprocess, sys, tempfile\n"
        "    subprocess.Popen(['sleep', '61234'], start_new_session=True)\n"
        "    home = pathlib.Path.home()\n"
        "    for folder in (pathlib.Path(), home, pathlib.Path(tempfile.gettempdir())):\n"
        "        (folder / 'dropped.txt').write_text('here')\n"
        "    for cached in home.rglob('*.pyc'): cached.write_bytes(b'nonsense')\n"
        "    pathlib.Path('conftest.py').write_text('raise SystemExit(3)')\n"
        "    for process in pathlib.Path('/proc').glob('[0-9]*'):\n"
        "        try: about = (process / 'stat').read_text().rpartition(')')[2].split()\n"
        "        except OSError: continue\n"
        "        if process.name != str(os.getpid()) and about[1] == str(os.getppid()) and about[0] != 'Z':\n"
        "            if b'zygote' in (process / 'cmdline').read_bytes():\n"
        "                try: open(process / 'mem', 'r+b').close()\n"
        "                except OSError: ZYGOTES.append(process)\n"
        "                else: raise ValueError('its memory can be written')\n"
        "    if not ZYGOTES: raise ValueError('there is no zygote')\n"
    )
    wrong = _SHOP.replace("    def inner():", f"{evil}    def inner():").encode() + b"ZYGOTES = []\n"
    endless = _SHOP.replace("    def inner():", "    while True: pass\n    def inner():").encode()
    with _warm(sandbox, place, limits) as session:
        with session.sharing():
            for source, stopped, nodes in (
                (wrong, None, _ALL[3:5]),  # the others see what it does
                (_SHOP.encode(), None, _ALL),
                (endless, "test-timeout", []),
                (_SHOP.encode(), None, _ALL),
            ):
                session.write(_SHOP_FILE, source)
                report = session.test(["-q"], timeout=60, test_timeout=5)
                expect(report.stopped == stopped, f"it ended with {report}")
                expect(set(nodes) <= _passed(report), f"it ended with {report}")
        expect(session.digest() == _TREE.digest, "the tree is not what it was")
        _green(session, "runs that shared its sandbox")


def _passed(report: TestReport) -> set[str]:
    return {node for node, outcome in report.outcomes.items() if outcome == "passed"}


def check_zygote_that_cannot_start(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A suite that cannot be collected, ends pytest or takes too long is refused; the session still works."""
    for tests in ("import nothing_of_this_name\n", "import os\nos._exit(0)\n", "while True: pass\n"):
        with sandbox.open(place, limits) as session:
            session.load(tree_of({_FILE: tests}))
            try:
                warmth = session.warm(["-q"], timeout=5)
            except RefusedError:
                continue
            expect(not warmth.items, f"collected {warmth.items}")
            expect(told(session, "print(1)") == 1, "the session does not work any more")


ZYGOTE_CHECKS = [
    check_zygote_finds_bugs,
    check_zygote_runs_all_if_asked,
    check_zygote_survives_candidates,
    check_zygote_forgets,
    check_zygote_shares_nothing,
    check_zygote_sees_past_conftests,
    check_zygote_does_not_count_what_came_before,
    check_zygote_takes_no_forgery,
    check_zygote_that_cannot_start,
    check_shared_runs_are_as_good,
    check_shared_runs_leave_nothing,
]
