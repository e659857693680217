"""Bad input ends with one clear message and an exit code of its own, and never with a traceback."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rpsdg.corpora.dataset import Dataset
from rpsdg.traces.errors import ExitCode

from .conftest import SHOP, Command, write

BUGS = ("bugs", "--sandbox", "local", "--count", "2")


def check(done: subprocess.CompletedProcess[str], code: ExitCode, *words: str) -> None:
    output = done.stdout + done.stderr
    assert done.returncode == code, output
    assert "Traceback" not in output
    flat = " ".join(output.split())
    for word in words:
        assert word in flat, output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--count", "-1"), ("-1", "--count")),
        (("--jobs", "0"), ("--jobs",)),
        (("--python", "three"), ("3.12", "three")),
        (("--sandbox", "podman"), ("auto", "docker", "local")),
        (("--colour",), ("No such option",)),
    ],
)
def test_wrong_argument(
    rpsdg: Command, shop: Path, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    check(rpsdg("bugs", shop, "--out", tmp_path / "out", *arguments), ExitCode.USAGE, *words)
    assert not (tmp_path / "out").exists()


def test_unknown_command(rpsdg: Command) -> None:
    check(rpsdg("bug"), ExitCode.USAGE, "bug")


def test_missing_folder(rpsdg: Command, tmp_path: Path) -> None:
    check(rpsdg(*BUGS, tmp_path / "nowhere", "--out", tmp_path / "out"), ExitCode.SOURCE, "nowhere")


@pytest.mark.network
def test_missing_package(rpsdg: Command, tmp_path: Path) -> None:
    source = "pypi:rpsdg-there-is-no-such-package==1.0"
    check(rpsdg(*BUGS, source, "--out", tmp_path / "out"), ExitCode.SOURCE, "rpsdg-there-is-no-such-package")


@pytest.mark.network
def test_missing_version(rpsdg: Command, tmp_path: Path) -> None:
    check(rpsdg(*BUGS, "pypi:toolz==99.0", "--out", tmp_path / "out"), ExitCode.SOURCE, "99.0", "1.0.0")


def test_package_without_tests(rpsdg: Command, tmp_path: Path) -> None:
    files = {path: text for path, text in SHOP.items() if not path.startswith("tests/")}
    source = write(tmp_path / "untested", files)
    check(rpsdg(*BUGS, source, "--out", tmp_path / "out"), ExitCode.NO_TESTS, "no tests")
    assert not (tmp_path / "out").exists()


def test_failing_baseline(rpsdg: Command, tmp_path: Path) -> None:
    source = write(tmp_path / "failing", {**SHOP, "tests/test_shop.py": "def test_a():\n    assert 1 == 2\n"})
    check(
        rpsdg(*BUGS, source, "--out", tmp_path / "out"), ExitCode.FAILING_BASELINE, "0 of 1", "assert 1 == 2"
    )


def test_tests_that_cannot_be_collected(rpsdg: Command, tmp_path: Path) -> None:
    source = write(tmp_path / "broken", {**SHOP, "tests/conftest.py": "import not_there\n"})
    check(rpsdg(*BUGS, source, "--out", tmp_path / "out"), ExitCode.FAILING_BASELINE, "not_there")


@pytest.mark.slow
def test_tests_that_hang(rpsdg: Command, tmp_path: Path) -> None:
    # That they hang shows only in an environment that was repaired: without click they are not collected.
    hanging = "import click\n" + SHOP["tests/test_shop.py"]
    hanging += "\n\ndef test_patience():\n    import time\n    time.sleep(600)\n"
    source = write(tmp_path / "hanging", {**SHOP, "tests/test_shop.py": hanging})
    done = rpsdg(*BUGS, source, "--out", tmp_path / "out", "--timeout", "5")
    check(done, ExitCode.HANGING_BASELINE, "5 s", "test_patience", "--timeout")


def test_tests_of_another_copy(rpsdg: Command, tmp_path: Path) -> None:
    """Tests that never import the program cannot judge it."""
    source = write(tmp_path / "elsewhere", {**SHOP, "tests/test_shop.py": "def test_a():\n    assert True\n"})
    check(rpsdg(*BUGS, source, "--out", tmp_path / "out"), ExitCode.FAILING_BASELINE, "still pass")


def test_unresolvable_dependency(rpsdg: Command, tmp_path: Path) -> None:
    project = SHOP["pyproject.toml"].replace('license = "MIT"', 'dependencies = ["toolz>=999"]')
    source = write(tmp_path / "unresolvable", {**SHOP, "pyproject.toml": project})
    check(rpsdg(*BUGS, source, "--out", tmp_path / "out"), ExitCode.ENVIRONMENT, "toolz>=999")


def test_python_that_does_not_fit(rpsdg: Command, tmp_path: Path) -> None:
    project = SHOP["pyproject.toml"].replace('license = "MIT"', 'requires-python = "<3.5"')
    source = write(tmp_path / "old", {**SHOP, "pyproject.toml": project})
    check(rpsdg(*BUGS, source, "--out", tmp_path / "out"), ExitCode.ENVIRONMENT, "<3.5", "--python")


def test_nothing_to_mutate(rpsdg: Command, tmp_path: Path) -> None:
    source = write(tmp_path / "empty", {"tests/test_a.py": "def test_a():\n    pass\n"})
    check(rpsdg(*BUGS, source, "--out", tmp_path / "out"), ExitCode.SOURCE, "no mutator applies")


def test_output_below_a_file(rpsdg: Command, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    check(rpsdg(*BUGS, shop, "--out", tmp_path / "file" / "out"), ExitCode.OUTPUT, "--out")


def test_no_engine(rpsdg: Command, shop: Path, tmp_path: Path) -> None:
    nowhere = f"unix://{tmp_path}/no.sock"
    done = rpsdg("bugs", shop, "--sandbox", "docker", "--out", tmp_path / "out", DOCKER_HOST=nowhere)
    check(done, ExitCode.SANDBOX, "no Docker engine answers", "--sandbox local")


def test_no_such_data_set(rpsdg: Command, tmp_path: Path) -> None:
    check(rpsdg("show", tmp_path), ExitCode.DATA, "traces.jsonl")
    check(rpsdg("verify", tmp_path), ExitCode.DATA, "traces.jsonl")


def test_damaged_data_set(rpsdg: Command, tmp_path: Path) -> None:
    (tmp_path / "traces.jsonl").write_text('{"id": 1}\n')
    check(rpsdg("show", tmp_path), ExitCode.DATA, "line 1")


@pytest.mark.slow
def test_too_few_candidates(rpsdg: Command, shop: Path, tmp_path: Path) -> None:
    small = write(tmp_path / "small", SHOP)
    (small / "shop/stock.py").write_text(SHOP["shop/stock.py"].split("def first_letters")[0])
    (small / "tests/test_shop.py").write_text(
        "from shop.stock import find\n\n\n"
        "def test_find():\n    assert find('TEA') == 2\n\n\n"
        "def test_other():\n    assert True\n"
    )
    (small / "shop/basket.py").unlink()
    done = rpsdg("bugs", small, "--sandbox", "local", "--count", "500", "--out", tmp_path / "out")
    check(done, ExitCode.EXHAUSTED, "candidates were tried", "500")
    assert Dataset(tmp_path / "out").count()


def test_the_codes_are_all_different() -> None:
    assert len({code.value for code in ExitCode}) == len(ExitCode.__members__)


def test_archive_that_leaves_its_folder(rpsdg: Command, tmp_path: Path) -> None:
    web = tmp_path / "web"
    (web / "evil").mkdir(parents=True)
    archive = web / "evil" / "evil-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name in ("evil-1.0/PKG-INFO", "evil-1.0/../../escaped.py"):
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    (web / "evil" / "index.html").write_text(f'<a href="{archive.name}#sha256={digest}">{archive.name}</a>')
    handler = partial(SimpleHTTPRequestHandler, directory=str(web))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        index = f"http://127.0.0.1:{server.server_port}/"
        done = rpsdg(
            *BUGS, "pypi:evil==1.0", "--out", tmp_path / "out", RPSDG_INDEX_URL=index, NO_PROXY="127.0.0.1"
        )
        server.shutdown()

    check(done, ExitCode.UNSAFE_ARCHIVE, "escaped.py")
    assert not list(tmp_path.rglob("escaped.py"))
