"""What runs inside the sandbox runs on every Python that a project may need, back to 3.8."""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rpsdg.sandbox import inside
from rpsdg.sandbox.checks_recordings import check_lines
from rpsdg.sandbox.checks_variations import check_clock
from rpsdg.sandbox.conformance import conformance_place
from rpsdg.sandbox.contract import Limits, SandboxBrokeError
from rpsdg.sandbox.interpreters import find_interpreters
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.owner import owner
from rpsdg.sandbox.process_connection import ProcessConnection
from rpsdg.sandbox.session import WireSession, boot_command
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Entry, Tree

SOURCES = sorted(Path(inside.__file__).parent.glob("*.py"))
FOUND = {version: str(path) for version, path in find_interpreters().items()}
"""With RPSDG_PYTHONS there may be more."""
OUTERMOST = list(dict.fromkeys([*FOUND][:1] + [*FOUND][-1:]))
"""The others are for `python -m benchmarks pythons`, which also has more checks."""


def test_the_python_that_runs_this_is_among_them() -> None:
    assert str(Path(sys.executable).resolve()) in FOUND.values()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_the_grammar_is_that_of_python_3_8(source: Path) -> None:
    tree = ast.parse(source.read_text(), feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "rpsdg"]
            if isinstance(node, ast.ImportFrom) and not node.level  # not from one another
            else []
        )
    }
    assert imported <= sys.stdlib_module_names | {"pytest", "_pytest"}


@pytest.mark.parametrize("version", FOUND)
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_it_compiles(source: Path, version: str) -> None:
    code = "import sys; compile(open(sys.argv[1]).read(), sys.argv[1], 'exec')"
    subprocess.run([FOUND[version], "-I", "-W", "error", "-c", code, str(source)], check=True)


@pytest.mark.parametrize("version", FOUND)
def test_a_session(version: str, tmp_path: Path) -> None:
    base = Path(tempfile.mkdtemp(prefix="rpsdg-work-", dir=tmp_path))
    (base / "owner").write_text(owner())
    process = ProcessConnection(boot_command(FOUND[version]), str(base))
    try:
        session = WireSession(
            process, limits=Limits(), prefix=str(tmp_path / "prefix"), base=str(base), watch=True
        )
        assert session.python.startswith(f"{version}.")
        tree = Tree({"a.py": Entry("print('grüße')".encode()), "l": Entry(b"a.py", "link")})
        session.load(tree)
        assert session.digest() == tree.digest
        done = session.execute([session.executable, "a.py"], timeout=30)
        assert (done.returncode, done.output) == (0, "grüße\n")
        done = session.execute(["sh", "-c", "sleep 60 & setsid sleep 60"], timeout=0.5)
        assert done.stopped == "timeout"
        with pytest.raises(SandboxBrokeError, match="refused"):
            session.fetch("missing")
        assert session.execute(["pwd"], timeout=30).output == "/testbed\n"
    finally:
        process.close()
    assert not base.exists()
    with pytest.raises(SandboxBrokeError):
        session.digest()


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.parametrize("version", OUTERMOST)
def test_what_pytest_loads(version: str, settings: Settings) -> None:
    with closing(LocalSandbox(replace(settings, python=version))) as sandbox:
        place = conformance_place(sandbox, settings)
        assert place.python.startswith(f"{version}.")
        for check in (check_lines, check_clock):
            check(sandbox, place, settings.limits)


def test_a_supervisor_ends_with_its_input() -> None:
    base = tempfile.mkdtemp(prefix="rpsdg-work-")
    process = ProcessConnection(boot_command(sys.executable), base)
    try:
        WireSession(process, limits=Limits(), prefix="/nowhere", base=base)
        assert process._process.stdin is not None
        process._process.stdin.close()
        assert process._process.wait(10) == 0
        assert not Path(base).exists()
    finally:
        process.close()
