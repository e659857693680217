"""What is published, in an empty environment of every Python that this machine has, without this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

from rpsdg.sandbox.interpreters import find_interpreter
from rpsdg.sandbox.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.network]

_ROOT = Path(__file__).parents[1]
_PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_COMMANDS = """
rpsdg --version
rpsdg doctor
rpsdg catalogue --json
rpsdg init --starter
rpsdg math linear-equation --count 20 --wrong-steps 0.5 --out data
rpsdg verify data
rpsdg export data --to prm800k --out steps.jsonl
rpsdg view data --no-open
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--installer", "uv", "--outdir", folder, _ROOT)
    return folder


def test_the_wheel_holds_the_package_alone(published: Path) -> None:
    (wheel,) = published.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].removesuffix(".dist-info") for name in names} == {"rpsdg", "rpsdg-0.1.0"}
    assert not [
        name for name in names if name.startswith(("rpsdg/tests/", "rpsdg/docs/", "rpsdg/benchmarks/"))
    ]
    (sdist,) = published.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        sources = {name.partition("/")[2] for name in archive.getnames()}
    missing = {name.removeprefix("rpsdg/") for name in names if name.startswith("rpsdg/")} - sources
    assert not missing


@pytest.mark.timeout(900)
@pytest.mark.parametrize("python", _PYTHONS)
def test_it_works_where_there_is_nothing_else(published: Path, python: str, tmp_path: Path) -> None:
    found = find_interpreter(python)
    if found is None:
        pytest.skip(f"there is no Python {python} here")
    (wheel,) = published.glob("*.whl")
    uv, home = find_uv_bin(), tmp_path / "home"
    _run(uv, "venv", "--quiet", "--python", found[0], home)
    install = (uv, "pip", "install", "--quiet", "--python", home / "bin/python")
    _run(*install, "--require-hashes", "-r", _ROOT / "requirements/run.txt")
    _run(*install, "--no-deps", wheel)
    for command in _COMMANDS.strip().splitlines():
        _run(home / "bin/rpsdg", *command.split()[1:], cwd=tmp_path)
    assert (tmp_path / "steps.jsonl").read_text().count("\n") == 20
    assert (tmp_path / "data-view/index.html").exists()


def _run(*command: str | Path, cwd: Path | None = None) -> None:
    settings = Settings.from_environment()
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    env |= {"UV_PYTHON_DOWNLOADS": "never", "PATH": f"{Path(find_uv_bin()).parent}{os.pathsep}{env['PATH']}"}
    if settings.index_url is not None:
        env["UV_DEFAULT_INDEX"] = settings.index_url
    if settings.ca_bundle is not None:
        env["SSL_CERT_FILE"] = str(settings.ca_bundle)
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {(done.stdout + done.stderr)[-3000:]}"
