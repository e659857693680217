"""Byte code that runs take from the process that bore them is what they would make themselves."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from _pytest.assertion import rewrite

from rpsdg.sandbox import inside
from rpsdg.sandbox.inside.compiled import Compiled, loaded

PLAIN = b"def double(number):\n    return 2 * number\n"
TESTS = b"import shop\n\ndef test_double():\n    assert shop.double(2) == 4\n"
RUN = """
import os, sys
sys.path[:0] = [{package!r}, os.getcwd()]
from {name}.compiled import Compiled
made = Compiled([(os.path.abspath("shop.py"), False), (os.path.abspath("test_shop.py"), True)])
made.prepare()
with open("shop.py", "wb") as file:
    file.write({source!r})
compiled = []
sys.addaudithook(lambda event, args: compiled.append(args[1]) if event == "compile" else None)
made.install()
import pytest
status = pytest.main(["-q", "-p", "no:cacheprovider", "test_shop.py"])
here = sorted({{os.path.basename(name) for name in map(str, compiled) if name.startswith(os.getcwd())}})
print("COMPILED", here, int(status))
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_bytes(PLAIN)
    (tmp_path / "test_shop.py").write_bytes(TESTS)
    return tmp_path


@pytest.mark.parametrize(
    ("source", "compiled", "status"),
    [(PLAIN, [], 0), (PLAIN.replace(b"2 *", b"3 *"), ["shop.py"], 1)],
    ids=["as it was", "edited"],
)
def test_what_differs_is_compiled_and_nothing_else(
    shop: Path, source: bytes, compiled: list[str], status: int
) -> None:
    folder = Path(inside.__file__).parent
    code = RUN.format(package=str(folder.parent), name=folder.name, source=source)
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=shop, capture_output=True, text=True, check=True
    )
    assert f"COMPILED {compiled} {status}" in done.stdout


def test_byte_code_is_what_pytest_makes(shop: Path) -> None:
    path = shop / "test_shop.py"
    made = Compiled([(str(path), True), (str(shop / "shop.py"), False), (str(shop / "gone.py"), False)])
    made.prepare()
    assert [code for _, code in made.rewritten.values()] == [rewrite._rewrite_test(path, None)[1]]  # type: ignore[arg-type]
    assert list(made.plain.values()) == [compile(PLAIN, str(shop / "shop.py"), "exec", dont_inherit=True)]


def test_files_that_cannot_be_compiled_are_left_to_the_run(shop: Path) -> None:
    (shop / "shop.py").write_bytes(b"def (:")
    made = Compiled([(str(shop / "shop.py"), False), (str(shop / "test_shop.py"), True)])
    (shop / "test_shop.py").write_bytes(TESTS + b"\n# of a candidate")
    made.prepare()
    assert not made.plain
    assert not made.rewritten


def test_loaded_are_the_modules_of_a_folder(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("shop_of_test_compiled", shop / "shop.py")
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    assert loaded(f"{shop}/") == [(str(shop / "shop.py"), False)]
