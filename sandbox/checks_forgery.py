"""Conformance checks about forged results: code under test that wants its tests to seem to pass.

Every forgery has a test that fails. What comes of it must never be a report that is whole and says that it
passed, but for the last one: who takes over the plugin itself can do that, and the suite shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .checks_common import expect, expect_unaffected, told, tree_of
from .contract import Limits, Place, Sandbox, Session
from .hostile import EVERYWHERE, HostileCase, Walls
from .report import TestReport

__all__ = ["FORGERY_CASES", "check_forgeries", "check_forgery_that_works", "check_leftovers"]

_FAILS = "def test_it(): assert 1 == 2\n"
_NODE = "test_it.py::test_it"


@dataclass(frozen=True)
class _Forgery:
    name: str
    tries: str
    files: dict[str, str] = field(default_factory=dict)
    refused: bool = True
    """Whether the run must be refused; otherwise it is whole, and the test failed."""


_GREEN = """
import pytest
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if {which}: report.outcome, report.longrepr = "passed", None
"""
# The short way to whatever of the plugin's can be reached from a test or a conftest.
_REACH = "def reach(config): return config.pluginmanager.get_plugin('rpsdg-reporter').channel\n"

_FORGERIES = (
    _Forgery(
        "all reports made green",
        "turns every failure into a pass with pytest_runtest_makereport in a conftest.py",
        {"conftest.py": _GREEN.format(which="True")},
    ),
    _Forgery(
        "one report made green",
        "does the same to one test alone",
        {"conftest.py": _GREEN.format(which="item.name == 'test_it'")},
        refused=False,
    ),
    _Forgery(
        "a report made green late",
        "does it in pytest_runtest_logreport, just before reporters see it",
        {"conftest.py": "def pytest_runtest_logreport(report): report.outcome = 'passed'\n"},
        refused=False,
    ),
    _Forgery(
        "tests that are not called",
        "takes calling of tests over with pytest_pyfunc_call, and calls none",
        {"conftest.py": "def pytest_pyfunc_call(pyfuncitem): return True\n"},
    ),
    _Forgery(
        "a protocol of its own",
        "takes running of tests over with pytest_runtest_protocol, and reports that all is well",
        {
            "conftest.py": "import pytest\n"
            "def pytest_runtest_protocol(item, nextitem):\n"
            "    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)\n"
            "    for when in ('setup', 'call', 'teardown'):\n"
            "        item.ihook.pytest_runtest_logreport(report=pytest.TestReport(\n"
            "            item.nodeid, item.location, {}, 'passed', None, when, [], 0.0))\n"
            "    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)\n"
            "    return True\n"
        },
    ),
    _Forgery(
        "pytest patched from a test",
        "replaces the part of pytest that notes exceptions, while a test runs",
        {
            "test_it.py": "import _pytest.runner as runner\n"
            "def test_a():\n"
            "    real = runner.CallInfo.from_call\n"
            "    def green(func, *args, **kwargs):\n"
            "        return real(lambda: None, *args, **kwargs)\n"
            "    runner.CallInfo.from_call = green\n" + _FAILS
        },
    ),
    _Forgery(
        "an exit status of its own",
        "sets the exit status to 0 in pytest_sessionfinish",
        {"conftest.py": "def pytest_sessionfinish(session): session.exitstatus = 0\n"},
    ),
    _Forgery(
        "an atexit hook",
        "changes the exit status when pytest has ended",
        {"conftest.py": "import atexit, os\natexit.register(os._exit, 0)\n"},
    ),
    _Forgery(
        "reports after the end",
        "finds the plugin's channel and reports a pass in an atexit hook",
        {
            "conftest.py": _REACH + "def pytest_sessionstart(session):\n"
            "    import atexit\n"
            "    said = {'when': 'call', 'outcome': 'passed', 'xfail': False}\n"
            f"    atexit.register(reach(session.config).send, 'report', {_NODE!r}, said)\n"
        },
    ),
    _Forgery(
        "a second report",
        "finds the plugin's channel and reports a pass beside the failure",
        {
            "conftest.py": _REACH + "def pytest_runtest_setup(item):\n"
            "    for when in ('setup', 'call', 'teardown'):\n"
            "        said = {'when': when, 'outcome': 'passed', 'xfail': False}\n"
            "        reach(item.config).send('report', item.nodeid, said)\n"
        },
    ),
    _Forgery(
        "reading the nonce",
        "looks for the channel's nonce in its variables, arguments and open files, and writes forged events",
        {
            "test_it.py": "import os, re, sys, json\n"
            "def test_it():\n"
            "    found = set()\n"
            "    for name in ('environ', 'cmdline'):\n"
            "        found |= set(re.findall(rb'[0-9a-f]{16,}', open(f'/proc/self/{name}', 'rb').read()))\n"
            "    found |= set(re.findall(rb'[0-9a-f]{16,}', repr(os.environ).encode()))\n"
            "    found.add(sys.stdin.read().encode() if False else os.read(0, 99))\n"
            f"    said = ['report', {_NODE!r}, {{'when': 'call', 'outcome': 'passed', 'xfail': False}}]\n"
            "    for fd in map(int, os.listdir('/proc/self/fd')):\n"
            "        for nonce in found | {b''}:\n"
            "            try: os.write(fd, b'\\n' + nonce + b' ' + json.dumps(said).encode() + b'\\n')\n"
            "            except OSError: pass\n"
            "    assert found == {b''}, 'found it'\n"
            "    assert 1 == 2\n"
        },
        refused=False,
    ),
    _Forgery(
        "another pytest",
        "runs a pytest of its own in the same process with our plugin, which then would report twice",
        {
            "test_it.py": "import pytest\n"
            "def test_it():\n"
            "    pytest.main(['-q', '-p', 'rpsdg_inside.plugin', '--rootdir=.', 'other.py'])\n"
            "    assert 1 == 2\n",
            "other.py": "def test_it(): pass\n",
        },
        refused=False,
    ),
    _Forgery(
        "sitecustomize",
        "drops sitecustomize.py, usercustomize.py and a .pth file that run before pytest",
        {
            "sitecustomize.py": "import builtins\nbuiltins.early = 'sitecustomize'\n",
            "usercustomize.py": "import builtins\nbuiltins.early = 'usercustomize'\n",
            "early.pth": "import builtins; builtins.early = 'pth'\n",
            "test_it.py": "import builtins\n"
            "def test_it(): assert hasattr(builtins, 'early'), 'not early enough'\n",
        },
        refused=False,
    ),
    _Forgery(
        "clock jumps",
        "replaces the clocks, so that times are before, after and not numbers",
        {
            "test_it.py": "import time\n"
            "def test_it():\n"
            "    time.time = time.monotonic = time.perf_counter = lambda: float('nan')\n"
            "    assert 1 == 2\n"
            "def test_later():\n"
            "    time.time = lambda: -1e300\n"
            "    time.perf_counter = iter([1e300, -1e300] * 99).__next__\n"
        },
        refused=False,
    ),
    _Forgery(
        "enormous and strange names",
        "has names of a million characters, with control characters, line ends and half surrogate pairs",
        {
            "test_it.py": "import pytest\n"
            "@pytest.mark.parametrize('x', [1, 2, 3], ids=['n' * 10**6, '\\x00\\n[\"finish\"]', '\\ud800'])\n"
            "def test_x(x): print('\\udcff' if x < 0 else 'x')\n"
            "def test_bytes():\n"
            "    import os\n"
            "    os.write(1, b'\\xff\\xfe\\x00\\n' * 99)\n" + _FAILS
        },
        refused=False,
    ),
    _Forgery(
        "the work space deleted",
        "removes or locks its own files, folders and temporary files while it runs",
        {
            "test_it.py": "import os, shutil, tempfile\n"
            "def test_it():\n"
            "    os.makedirs('locked/below'); os.chmod('locked', 0)\n"
            "    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)\n"
            "    shutil.rmtree(os.path.dirname(__file__), ignore_errors=True)\n"
            "    assert 1 == 2\n"
        },
        refused=False,
    ),
)
# What conftest.py files really do with tests and reports: our own two tests must not trip over it.
_HONEST = """
import pytest
@pytest.fixture(autouse=True)
def around(request): assert request.node.module is not None
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    setattr(item, 'report_' + report.when, report)
    if report.failed and 'tmp_path' in item.fixturenames: item.funcargs['tmp_path']
def pytest_runtest_setup(item): return item.module.__name__, item.function.__name__, item.cls
"""
_TAKEN_OVER = """
def pytest_sessionstart(session):
    channel = session.config.pluginmanager.get_plugin('rpsdg-reporter').channel
    send = channel.send
    def speak(*event):
        if event[0] == 'report' and event[2]['outcome'] == 'failed':
            event[2].update(outcome='passed', raised=False, crash=None)
        send(*(['session', 0] if event[0] == 'session' else event))
    channel.send = speak
    import atexit, os
    atexit.register(os._exit, 0)
"""


def _case(name: str, tries: str, ends: str, check: str, out: frozenset[Walls] = frozenset()) -> HostileCase:
    return HostileCase(name, tries, ends, check, out)


FORGERY_CASES = (
    *(
        _case(
            forgery.name,
            forgery.tries,
            "the run is refused: `forged-report`"
            if forgery.refused
            else "the test failed, and counts as failed",
            "forgeries",
        )
        for forgery in _FORGERIES
    ),
    _case(
        "the plugin taken over",
        "replaces the function that sends our plugin's events by one that tells another story throughout",
        "",
        "forgery that works",
        EVERYWHERE,
    ),
    _case(
        "files for the next run",
        "leaves a conftest.py, byte code, another plugin or a module in its home for the session's next run",
        "removed before that run",
        "leftovers",
    ),
    _case(
        "editing what it tests",
        "changes the source that it tests, or its own file, for the next run of the same session",
        "the tree's digest is another one: `tree-changed`",
        "leftovers",
    ),
)


def _run(session: Session, folder: str, files: dict[str, str], *options: str) -> TestReport:
    for path, text in {"test_it.py": _FAILS, **files}.items():
        session.write(f"{folder}/{path}", text.encode("utf-8", "surrogatepass"))
    arguments = ["-q", "-p", "no:cacheprovider", f"--rootdir={session.tree}/{folder}", folder, *options]
    return session.test(arguments, roots=[folder, "."], timeout=60)


def check_forgeries(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A failing test is reported as failed, or the run is refused, whatever its code does to pytest."""
    with sandbox.open(place, limits) as session:
        session.load(tree_of({"empty.txt": ""}))
        for number, forgery in enumerate(_FORGERIES):
            report = _run(session, f"forgery{number}", forgery.files)
            said = f"{forgery.name}: {report.forged}, {report.outcomes}"[:500]
            if forgery.refused:
                expect(report.forged and not report.complete and not report.finished, said)
            else:
                expect(report.complete and report.forged is None, f"{said}\n{report.output[-2000:]}")
                expect(report.outcomes[_NODE] == "failed", said)
            expect(all(0 <= seconds < 60 for seconds in report.durations.values()), f"{forgery.name}: times")
        report = _run(session, "honest", {"conftest.py": _HONEST})
        expect(report.complete and report.outcomes == {_NODE: "failed"}, f"afterwards: {report}"[:500])
    expect_unaffected(sandbox, place, limits)


def check_forgery_that_works(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """Code that takes our plugin over can forge a run: as the caveats say of every sandbox."""
    with sandbox.open(place, limits) as session:
        session.load(tree_of({"empty.txt": ""}))
        report = _run(session, "forgery", {"conftest.py": _TAKEN_OVER})
    expect(
        report.outcomes == {_NODE: "passed"} and report.complete, f"it does not work any more: {report}"[:900]
    )
    return next(f"not enforced here: {text}" for text in sandbox.caveats() if "forge" in text)


def check_leftovers(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """What a test run leaves behind does not speak in the next one of the session; what it changes shows."""
    leave = """
import os, pathlib, py_compile, sys, time
def test_it():
    here = pathlib.Path.cwd()
    (here / "conftest.py").write_text("def pytest_pyfunc_call(pyfuncitem): return True")
    (here / "sitecustomize.py").write_text("print('left')")
    source = here / "later.py"
    text, when = source.read_text(), source.stat().st_mtime
    source.write_text("VALUE = 2")
    py_compile.compile(str(source), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    source.write_text(text)
    plugin = pathlib.Path(sys.modules["rpsdg_inside.plugin"].__file__)
    plugin.write_text("def pytest_pyfunc_call(pyfuncitem): return True")
    site = pathlib.Path.home() / (".local/lib/python%d.%d/site-packages" % sys.version_info[:2])
    site.mkdir(parents=True)
    (site / "usercustomize.py").write_text("print('left')")
    from later import VALUE
    assert VALUE == 2
"""
    look = "from later import VALUE\ndef test_it(): assert VALUE == 2, 'it is 1'\n"
    tree = tree_of({"later.py": "VALUE = 1\n", "leave/test_it.py": leave, "next/test_it.py": look})
    with sandbox.open(place, limits) as session:
        session.load(tree)
        report = session.test(["-q", "leave"], timeout=60)
        expect(report.outcomes == {"leave/test_it.py::test_it": "passed"}, f"{report.failures}")
        expect(session.digest() == tree.digest, "what was only added changes the digest")
        report = session.test(["-q", "next"], timeout=60)
        expect(report.complete and report.forged is None, f"the next run was hurt: {report.output}")
        expect(
            report.outcomes == {"next/test_it.py::test_it": "failed"}, f"the next run was forged: {report}"
        )
        left = told(
            session, "import json, os; print(json.dumps([os.listdir(), os.listdir(os.environ['HOME'])]))"
        )
        expect(sorted(left[0]) == ["later.py", "leave", "next"] and left[1] == [], f"left behind: {left}")
        for path in ("later.py", "next/test_it.py"):
            edit = f"import pathlib\ndef test_it(): pathlib.Path({path!r}).write_text('VALUE = 2')\n"
            session.write("leave/test_it.py", edit.encode())
            changed = tree.replace("leave/test_it.py", edit.encode())
            session.test(["-q", "leave"], timeout=60)
            expect(session.digest() != changed.digest, f"an edit of {path} does not show")
            session.write(path, tree[path].data)
            expect(session.digest() == changed.digest, f"an edit of {path} cannot be undone")
