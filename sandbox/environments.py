"""From a source tree to an environment its tests run in: read, resolve, lock, install, keep."""

from __future__ import annotations

import fcntl
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from uv import find_uv_bin

from rpsdg.traces.identity import digest

from .contract import EnvironmentFailedError, Executed, Place, Sandbox, Session
from .metadata import ProjectMetadata, read_metadata
from .settings import Settings
from .tree import Tree, check_path

__all__ = ["Environment", "prepare"]

_VERSIONS = ("PBR_VERSION", "PDM_BUILD_SCM_VERSION", "SETUPTOOLS_SCM_PRETEND_VERSION")
"""What builds take a version from that otherwise ask git for it; hatch-vcs asks setuptools_scm."""
_SWITCHED_OFF = {
    "pytest-cov": ["--no-cov"],
    "pytest-random-order": ["--random-order-seed=0"],
    "pytest-randomly": ["--randomly-dont-reorganize", "--randomly-dont-reset-seed"],
    "pytest-xdist": ["-n0", "--dist=no"],
}
"""What keeps plugins from running tests in other processes, in an order of their own, or traced."""


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """An environment as it is recorded beside the traces: enough to build it again anywhere."""

    id: str
    """Digest of everything below; equal in every sandbox."""
    python: str
    """Minor version, such as `3.12`."""
    tree: str
    """Digest of the source tree it was made for; projects with nothing to build or to require share one."""
    project: str | None
    """Distribution name of the project; None when it is not installed, only put on the search path."""
    roots: tuple[str, ...]
    """Folders of the tree that are put on the module search path."""
    lock: str
    """Exact versions with hashes, in the format of a requirements file."""

    def has(self, package: str) -> bool:
        """Say whether the lock holds a package."""
        return re.search(rf"^{re.escape(package)}==", self.lock, re.MULTILINE) is not None

    def pytest_options(self) -> list[str]:
        """Return the options every run gets, so that runs can be compared and read the same everywhere."""
        options = ["-q", "--no-header", "--tb=short", "--color=no"]
        # A plugin that is switched off altogether would leave the project's own options for it unknown.
        for plugin, off in _SWITCHED_OFF.items():
            if self.has(plugin):
                options += off
        if self.has("hypothesis"):
            options += ["--hypothesis-seed=0"]
        return options


def prepare(
    tree: Tree,
    sandbox: Sandbox,
    settings: Settings,
    *,
    version: str | None = None,
    recorded: Environment | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Environment, Place]:
    """Return the environment of a tree, built if the sandbox does not have it yet.

    Args:
        tree: the project, with the files its metadata lies in.
        sandbox: where it is built and will run.
        settings: index, certificates, limits.
        version: the project's version, for builds that would ask git for it.
        recorded: an environment to build again exactly, instead of resolving.
        progress: told in a few words what is being done.

    Raises:
        EnvironmentFailedError: the Python version does not fit, or resolving or installing failed.
    """
    metadata = read_metadata(tree)
    python = ".".join(sandbox.python().split(".")[:2])
    if recorded is not None and recorded.python != python:
        raise EnvironmentFailedError(
            f"the environment was made with Python {recorded.python}; this sandbox has {python}",
            hint=f"Use `--python {recorded.python}` or a base image that has it.",
        )
    _check_python(metadata, sandbox.python())
    if recorded is not None:
        lock = recorded.lock
    else:
        lock = _locked(tree, metadata, python, sandbox, settings, version, progress)
    recipe = {"tree": _subject(tree, metadata), "python": python, "lock": lock, "project": metadata.name}
    key = digest([recipe, sandbox.base(), sha256(_inside("install.py")).hexdigest()])
    about = settings.cache / "recipes" / f"{key[:24]}.json"
    with _alone(about):
        place = sandbox.find(key)
        if place is None or _recorded(about) is None:
            progress("installing the environment")
            with sandbox.build(key) as session:
                roots = _install(session, tree, metadata, lock, settings, version)
            _write(about, msgspec.json.encode({**recipe, "roots": roots, "id": digest([recipe, roots])}))
            place = sandbox.find(key)
        environment = _recorded(about)
        if place is None or environment is None:
            raise EnvironmentFailedError("the environment was built and is gone again")
    return environment, place


def _recorded(about: Path) -> Environment | None:
    """Return what is known of an environment, or None if it is not, or not any more, readable."""
    try:
        return msgspec.json.decode(about.read_bytes(), type=Environment)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None


def _subject(tree: Tree, metadata: ProjectMetadata) -> str:
    """Return a digest of everything in a tree that its environment depends on."""
    if metadata.installable or metadata.groups or metadata.requirement_files:
        return tree.digest
    return digest(["pytest alone", metadata.pytest_plugins, any(path.startswith("src/") for path in tree)])


def _locked(
    tree: Tree,
    metadata: ProjectMetadata,
    python: str,
    sandbox: Sandbox,
    settings: Settings,
    version: str | None,
    progress: Callable[[str], None],
) -> str:
    # One lock for every sandbox of this machine, so that their verdicts can be compared.
    key = digest([_subject(tree, metadata), python, settings.exclude_newer, settings.index_url])
    path = settings.cache / "locks" / f"{key[:24]}.txt"
    with _alone(path):
        if not path.exists():
            progress("resolving the dependencies")
            with sandbox.build(None) as session:
                _write(path, _resolve(session, tree, metadata, settings, version).encode())
        return path.read_text()


def _resolve(
    session: Session, tree: Tree, metadata: ProjectMetadata, settings: Settings, version: str | None
) -> str:
    """Return exact versions with hashes for the project, its tests' requirements and pytest."""
    session.load(tree)
    env = _installer(session, settings, version)
    _make_venv(session, env, settings)
    project = [f"{session.tree}[{','.join(metadata.extras[:1])}]" if metadata.extras else session.tree]
    project = project if metadata.installable else []
    full = [*project, *(f"-r {session.tree}/{path}" for path in metadata.requirement_files[:1])]
    groups = [f"--group={session.tree}/pyproject.toml:{name}" for name in metadata.groups[:1]]
    tools = ["pytest", *metadata.pytest_plugins]
    failed: Executed | None = None
    # What the project lists for its tests first; if that cannot be resolved, the project alone.
    alone = [session.tree] if project else []
    attempts = [(full, groups)] if (full, groups) == (alone, []) else [(full, groups), (alone, [])]
    for requirements, options in attempts:
        session.write(f"{session.home}/requirements.in", "\n".join([*requirements, *tools, ""]).encode())
        command = [
            _uv(session),
            "pip",
            "compile",
            f"{session.home}/requirements.in",
            "--quiet",
            "--generate-hashes",
        ]
        command += [
            "--no-emit-index-url",
            "--no-header",
            "--no-annotate",
            "--python",
            f"{session.prefix}/env/bin/python",
        ]
        command += ["--output-file", f"{session.home}/lock.txt", *options]
        if settings.exclude_newer:
            command += ["--exclude-newer", settings.exclude_newer]
        done = session.execute(command, timeout=settings.install_timeout, env=env)
        if done.returncode == 0 and done.stopped is None:
            return _without_local(session.fetch(f"{session.home}/lock.txt").decode())
        failed = failed or done
    raise _failure("resolve the dependencies", failed, settings)


def _install(
    session: Session,
    tree: Tree,
    metadata: ProjectMetadata,
    lock: str,
    settings: Settings,
    version: str | None,
) -> list[str]:
    """Install the lock and the project under the session's prefix; returns the roots of its modules."""
    session.load(tree)
    env = _installer(session, settings, version)
    python = f"{session.prefix}/env/bin/python"
    pip = [_uv(session), "pip", "install", "--quiet", "--python", python, "--no-deps"]
    _make_venv(session, env, settings)
    session.write(f"{session.home}/lock.txt", lock.encode())
    _run(
        session,
        [*pip, "--require-hashes", "-r", f"{session.home}/lock.txt"],
        env,
        settings,
        "install the dependencies",
    )
    name = metadata.name or ""
    if metadata.installable:
        _run(session, [*pip, session.tree], env, settings, "build and install the project")
        name = name or _installed_from_tree(session, python)
    listing = f"{session.home}/listing.json"
    session.write(listing, json.dumps(sorted(tree)).encode())
    session.write(f"{session.home}/install.py", _inside("install.py"))
    done = session.execute(
        [python, "-I", f"{session.home}/install.py", listing, session.prefix, name or "-"], timeout=120
    )
    try:
        roots = json.loads(done.output.strip().splitlines()[-1])["roots"]
        for root in roots:
            if root != ".":
                check_path(root)
    except (ValueError, LookupError, TypeError) as error:
        raise _failure("find the project's modules", done, settings) from error
    return [str(root) for root in roots]


def _installed_from_tree(session: Session, python: str) -> str:
    script = (
        "from importlib.metadata import distributions as d; "
        "print(next((x.metadata['Name'] for x in d() if x.read_text('direct_url.json')), ''))"
    )
    return session.execute([python, "-I", "-c", script], timeout=60).output.strip()


def _installer(session: Session, settings: Settings, version: str | None) -> dict[str, str]:
    """Put the installer and the certificates where nothing is kept; return the variables it needs."""
    session.write(_uv(session), Path(find_uv_bin()).read_bytes(), 0o755)
    env = {
        "UV_CACHE_DIR": f"{session.home}/cache",
        "UV_NO_CONFIG": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_LINK_MODE": "copy",
        "UV_COMPILE_BYTECODE": "1",  # once here, because the tests' runs write none
        "UV_NO_PROGRESS": "1",
        "UV_HTTP_TIMEOUT": "120",
    }
    if settings.ca_bundle is not None:
        session.write(f"{session.home}/ca.pem", settings.ca_bundle.read_bytes())
        env |= dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"), f"{session.home}/ca.pem")
    if settings.index_url is not None:
        env["UV_DEFAULT_INDEX"] = settings.index_url
    # There is no git to ask in a source tree; any version is better than a build that fails for want of one.
    return env | dict.fromkeys(_VERSIONS, version or "0")


def _make_venv(session: Session, env: dict[str, str], settings: Settings) -> None:
    # The supervisor's own interpreter, by its path: `python3` on the PATH may be another.
    command = [_uv(session), "venv", "--quiet", "--python", session.executable, f"{session.prefix}/env"]
    _run(session, command, env, settings, "make a virtual environment")


def _uv(session: Session) -> str:
    return f"{session.home}/uv"


def _inside(name: str) -> bytes:
    return (files(__package__) / "inside" / name).read_bytes()


def _run(
    session: Session, command: list[str], env: dict[str, str], settings: Settings, what: str
) -> Executed:
    done = session.execute(command, timeout=settings.install_timeout, env=env)
    if done.returncode or done.stopped:
        raise _failure(what, done, settings)
    return done


def _failure(what: str, done: Executed | None, settings: Settings) -> EnvironmentFailedError:
    if done is None or done.stopped == "timeout":
        return EnvironmentFailedError(f"could not {what} within {settings.install_timeout:.0f} s")
    said = "\n".join(done.output.strip().splitlines()[-15:]) or "(no output)"
    return EnvironmentFailedError(
        f"could not {what}:\n{said}",
        hint="Settings that often help: RPSDG_INDEX_URL, RPSDG_CA_BUNDLE, RPSDG_SYSTEM_PACKAGES, `--python`.",
    )


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


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other runs and threads from making the same thing, which this one may already be using."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}")
    partial.write_bytes(data)
    partial.replace(path)


def _check_python(metadata: ProjectMetadata, version: str) -> None:
    try:
        wanted = SpecifierSet(metadata.requires_python or "")
    except InvalidSpecifier:
        return  # the installer will have its own opinion
    if not wanted.contains(version, prereleases=True):
        raise EnvironmentFailedError(
            f"the project needs Python {wanted}; this sandbox has {version}",
            hint="Choose another with `--python` (or RPSDG_PYTHON), or a base image that has it.",
        )
