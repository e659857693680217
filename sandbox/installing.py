"""The installer's part, in a building sandbox: from a recipe to a lock, and from that to an environment."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

from uv import find_uv_bin

from .contract import EnvironmentFailedError, Executed, Session
from .metadata import Recipe
from .settings import Settings
from .tree import Tree, check_path

__all__ = ["InstallationFailedError", "inside", "install", "resolve"]

# Builds that would ask git for the version are told it; an archive or a tree has no git in it.
_VERSION_VARIABLES = (
    "SETUPTOOLS_SCM_PRETEND_VERSION",
    "PDM_BUILD_SCM_VERSION",
    "PBR_VERSION",
    "POETRY_DYNAMIC_VERSIONING_BYPASS",
    "UV_DYNAMIC_VERSIONING_BYPASS",
)


class InstallationFailedError(EnvironmentFailedError):
    """A step of the installer failed."""

    def __init__(self, what: str, done: Executed | None, settings: Settings) -> None:
        self.output = "" if done is None else done.output
        """All that the installer said, for repairs to read."""
        self.timed_out = done is None or done.stopped == "timeout"
        if self.timed_out:
            super().__init__(f"could not {what} within {settings.install_timeout:.0f} s")
            return
        said = "\n".join(self.output.strip().splitlines()[-15:]) or "(no output)"
        super().__init__(
            f"could not {what}:\n{said}",
            hint="Settings that often help: RPSDG_INDEX_URL, RPSDG_CA_BUNDLE, RPSDG_SYSTEM_PACKAGES, "
            "`--python`.",
        )


def resolve(session: Session, tree: Tree, recipe: Recipe, settings: Settings, version: str | None) -> str:
    """Return exact versions with hashes for the project, its tests' requirements and pytest.

    Raises:
        InstallationFailedError: they cannot be resolved.
    """
    uv = _Installer(session, tree, recipe, settings, version)
    extras = ",".join(stated.text for stated in recipe.extras)
    wanted = [f"{session.tree}[{extras}]" if extras else session.tree] if recipe.installable else []
    stated = (
        recipe.test_dependencies if recipe.installable else (*recipe.dependencies, *recipe.test_dependencies)
    )
    wanted += [one.text for one in stated]
    session.write(f"{session.home}/requirements.in", "\n".join([*wanted, "pytest", ""]).encode())
    constraints = "\n".join([*(stated.text for stated in recipe.constraints), ""])
    session.write(f"{session.home}/constraints.txt", constraints.encode())
    lock = f"{session.home}/lock.txt"
    command = ["pip", "compile", f"{session.home}/requirements.in", "--quiet", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-header", "--no-annotate", "--python", uv.python]
    command += ["--constraints", f"{session.home}/constraints.txt", "--output-file", lock]
    uv.run([*command, *uv.building], "resolve the dependencies")
    return _without_local(session.fetch(lock).decode())


def install(
    session: Session, tree: Tree, recipe: Recipe, lock: str, settings: Settings, version: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """Install the lock and the project under the session's prefix.

    Returns:
        The distribution name of the project, None if it is not installed, and the roots of its modules.

    Raises:
        InstallationFailedError: a step of it failed.
    """
    uv = _Installer(session, tree, recipe, settings, version)
    session.write(f"{session.home}/lock.txt", lock.encode())
    pip = ["pip", "install", "--quiet", "--python", uv.python, "--no-deps", *uv.building]
    uv.run([*pip, "--require-hashes", "-r", f"{session.home}/lock.txt"], "install the dependencies")
    name = None
    if recipe.installable:
        uv.run([*pip, session.tree], "build and install the project")
        # What was installed knows its name best: files can only say what it was meant to be.
        name = _installed_from_tree(session, uv.python) or recipe.project
    listing = f"{session.home}/listing.json"
    session.write(listing, json.dumps(sorted(tree)).encode())
    session.write(f"{session.home}/install.py", inside("install.py"))
    done = session.execute(
        [uv.python, "-I", f"{session.home}/install.py", listing, session.prefix, name or "-"], timeout=120
    )
    try:
        roots = json.loads(done.output.strip().splitlines()[-1])["roots"]
        for root in roots:
            if root != ".":
                check_path(root)
    except (ValueError, LookupError, TypeError) as error:
        raise InstallationFailedError("find the project's modules", done, settings) from error
    return name, tuple(str(root) for root in roots)


def inside(name: str) -> bytes:
    """Return a file that runs inside the sandbox."""
    return (files(__package__) / "inside" / name).read_bytes()


class _Installer:
    """uv in a session that holds the tree, with an empty virtual environment made."""

    def __init__(
        self, session: Session, tree: Tree, recipe: Recipe, settings: Settings, version: str | None
    ) -> None:
        self._session, self._settings = session, settings
        self._uv = f"{session.home}/uv"
        self.python = f"{session.prefix}/env/bin/python"
        session.load(tree)
        session.write(self._uv, Path(find_uv_bin()).read_bytes(), 0o755)
        self._env = self._variables(version)
        # The supervisor's own interpreter, by its path: `python3` on the PATH may be another.
        self.run(
            ["venv", "--quiet", "--python", session.executable, f"{session.prefix}/env"],
            "make a virtual environment",
        )
        self.building = ["--exclude-newer", recipe.exclude_newer] if recipe.exclude_newer else []
        """Options of every command that may build something."""
        if recipe.build_constraints:
            path = f"{session.home}/build-constraints.txt"
            session.write(path, "\n".join([*(s.text for s in recipe.build_constraints), ""]).encode())
            self.building += ["--build-constraints", path]
        if recipe.build_dependencies:
            # Builds are isolated from the environment, and see this folder beside what they ask for.
            folder = f"{session.home}/build-dependencies"
            command = [
                "pip",
                "install",
                "--quiet",
                "--python",
                self.python,
                "--target",
                folder,
                *self.building,
            ]
            self.run([*command, *(s.text for s in recipe.build_dependencies)], "install what the build needs")
            self._env["PYTHONPATH"] = folder

    def run(self, arguments: list[str], what: str) -> Executed:
        """Run the installer; raises InstallationFailedError, which says that `what` could not be done."""
        done = self._session.execute(
            [self._uv, *arguments], timeout=self._settings.install_timeout, env=self._env
        )
        if done.returncode or done.stopped:
            raise InstallationFailedError(what, done, self._settings)
        return done

    def _variables(self, version: str | None) -> dict[str, str]:
        """Put the certificates where nothing is kept; return the variables the installer needs."""
        home, settings = self._session.home, self._settings
        env = {
            "UV_CACHE_DIR": f"{home}/cache",
            "UV_NO_CONFIG": "1",
            "UV_NO_SOURCES": "1",
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_LINK_MODE": "copy",
            "UV_COMPILE_BYTECODE": "1",  # once here, because the tests' runs write none
            "UV_NO_PROGRESS": "1",
            "UV_HTTP_TIMEOUT": "120",
        }
        if settings.ca_bundle is not None:
            self._session.write(f"{home}/ca.pem", settings.ca_bundle.read_bytes())
            env |= dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"), f"{home}/ca.pem")
        if settings.index_url is not None:
            env["UV_DEFAULT_INDEX"] = settings.index_url
        return env | dict.fromkeys(_VERSION_VARIABLES, version or "0.0.0")


def _installed_from_tree(session: Session, python: str) -> str:
    script = (
        "from importlib.metadata import distributions as d; "
        "print(next((x.metadata['Name'] for x in d() if x.read_text('direct_url.json')), ''))"
    )
    return session.execute([python, "-I", "-c", script], timeout=60).output.strip()


def _without_local(lock: str) -> str:
    """Drop the project itself: it is installed from the tree, not from the lock."""
    kept: list[str] = []
    dropping = False
    for line in lock.splitlines():
        if not line.startswith((" ", "\t")):
            dropping = re.match(r"[A-Za-z0-9][\w.-]*(\[[^]]*\])?==", line) is None
        if not dropping:
            kept.append(line)
    return "\n".join(kept) + "\n"
