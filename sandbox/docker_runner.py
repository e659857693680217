"""The Docker runner: one fresh, locked-down container a session, one image an environment."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from typing import Any

import docker
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.models.containers import Container
from docker.types import LogConfig

from .contract import (
    PREFIX,
    EnvironmentFailedError,
    Limits,
    Place,
    Sandbox,
    SandboxBrokeError,
    SandboxUnavailableError,
    Session,
)
from .owner import is_alive, owner
from .session import Connection, WireSession, abort_all, boot_command
from .settings import OWN_BASE_IMAGE, Settings

__all__ = ["DockerSandbox"]

LABEL = "rpsdg"
OWNER_LABEL = "rpsdg.owner"
PYTHON_LABEL = "rpsdg.python"
USER = "1000:1000"
DEFAULT_PYTHON = "3.12"
HOME_SIZE = 256 * 1024**2
REGISTRY_IMAGE = "python:{python}-slim"

_REPOSITORY = "rpsdg/environment"

# What a build may write is what its image keeps, so nothing but the prefix is left writable for its user.
_PREPARE = """\
FROM {base}
USER root
RUN {packages}find / -xdev -user 1000 ! -type l -exec chown root:root {{}} + \\
 && find / -xdev -perm -0002 ! -type l ! -type c ! -path /tmp -exec chmod o-w {{}} + \\
 && mkdir -p {prefix} /testbed /run/rpsdg \\
 && chown 1000:1000 {prefix} /testbed /run/rpsdg \\
 && (getent passwd 1000 >/dev/null || echo 'tester:x:1000:1000::/run/rpsdg/home:/bin/sh' >> /etc/passwd) \\
 && (getent group 1000 >/dev/null || echo 'tester:x:1000:' >> /etc/group)
LABEL {label}=base
ENTRYPOINT []
CMD ["python3"]
HEALTHCHECK NONE
"""


class DockerSandbox(Sandbox):
    """Runs tests in containers of a Docker engine, reached as the `docker` command reaches it."""

    name = "docker"
    has_system_packages = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: set[WireSession] = set()
        self._guard = threading.Lock()
        self._preparing = threading.Lock()
        self._prepared: dict[tuple[str, ...], tuple[str, str]] = {}
        self._aborted = False
        self._others: list[DockerSandbox] = []
        try:
            self._client = docker.from_env(timeout=120, max_pool_size=64)
            self._client.ping()
            self._is_podman = "podman" in str(self._client.version().get("Components", "")).lower()
        except (DockerException, OSError, ValueError) as error:
            raise SandboxUnavailableError(
                f"no Docker engine answers: {error}",
                hint="Start the engine (or set DOCKER_HOST), or use `--sandbox local`.",
            ) from error

    def base(self, system_packages: Sequence[str] = ()) -> str:
        """Return the id of the prepared base image."""
        return self._base(system_packages)[0]

    def python(self) -> str:
        """Return the version of the base image's interpreter."""
        return self._base()[1]

    def with_python(self, minor: str) -> DockerSandbox | None:
        """Return a sandbox on another base image, where the image's name leaves the version open."""
        if "{python}" not in self._base_name():
            return None
        other = DockerSandbox(replace(self._settings, python=minor))
        try:
            if not other.python().startswith(f"{minor}."):
                return None
        except (EnvironmentFailedError, SandboxUnavailableError):
            return None
        self._others.append(other)
        return other

    def find(self, key: str) -> Place | None:
        """Return the image of an environment."""
        tag = _tag(key)
        with _engine("look for an environment"):
            try:
                image = self._client.images.get(tag)
            except ImageNotFound:
                return None
        return Place(tag, image.labels.get(PYTHON_LABEL, ""))

    def kept(self) -> list[str]:
        """Return the tags of the environments' images."""
        with _engine("list images"):
            images = self._client.images.list(_REPOSITORY)
        named = [tag.rpartition(":") for image in images for tag in image.tags]
        # Podman names the registry, too, from which it would take them.
        return [tag for name, _, tag in named if f"/{name}".endswith(f"/{_REPOSITORY}")]

    def size(self, key: str) -> int:
        """Return the size of an environment's own layer, on top of the base image that all share."""
        with _engine("look for an environment"):
            try:
                history = self._client.images.get(_tag(key)).history()
            except ImageNotFound:
                return 0
        return int(history[0]["Size"]) if history else 0

    def remove(self, key: str) -> None:
        """Remove an environment's image; the engine refuses while a container runs in it."""
        with _engine("remove an environment"), contextlib.suppress(NotFound):
            self._client.images.remove(_tag(key))

    @contextmanager
    def build(self, key: str | None, system_packages: Sequence[str] = ()) -> Iterator[Session]:
        """Open a networked session on the base image; keep it as the environment's image."""
        limits = self._settings.limits.for_building()
        with self._session(self.base(system_packages), limits, building=True) as (session, container):
            yield session
            if key is None:
                return
            repository, _, tag = _tag(key).partition(":")
            # The owner's label would be inherited by containers that somebody starts from the image by hand.
            labels = {LABEL: "environment", OWNER_LABEL: "", PYTHON_LABEL: session.python}
            changes = [f'LABEL {label}="{value}"' for label, value in labels.items()]
            try:
                earlier = self._client.images.list(_tag(key))
                container.commit(repository, tag, changes=[*changes, 'CMD ["python3"]', f"USER {USER}"])
                for image in earlier:  # it has lost its name, and nothing would ever find it again
                    with contextlib.suppress(APIError):  # still in use: its container keeps it
                        self._client.images.remove(str(image.id))
            except (DockerException, OSError) as error:
                raise EnvironmentFailedError(f"the environment's image could not be kept: {error}") from error

    @contextmanager
    def open(self, place: Place, limits: Limits) -> Iterator[Session]:
        """Open a fresh container of an environment."""
        with self._session(place.name, limits, building=False) as (session, _):
            yield session

    def abort(self) -> None:
        """Kill every open container."""
        self._aborted = True
        with self._guard:
            sessions = list(self._open)
        abort_all(sessions)

    def resume(self) -> None:
        """Allow sessions again."""
        self._aborted = False

    def close(self) -> None:
        """Kill what is open, and what was created in the very moment of an interruption."""
        for other in self._others:
            other.close()
        self.abort()
        with contextlib.suppress(SandboxBrokeError):  # no engine, nothing open
            for container, _ in self._owned(f"{OWNER_LABEL}={owner()}"):
                _remove(container)
        self._client.close()

    def sweep(self) -> int:
        """Remove containers whose run is dead."""
        dead = [container for container, named in self._owned(OWNER_LABEL) if not is_alive(named)]
        for container in dead:
            _remove(container)
        return len(dead)

    def _owned(self, label: str) -> list[tuple[Container, str]]:
        """Return the containers with a label, and whose they are."""
        with _engine("list containers"):
            # Not `containers.list`: it looks at each once more, and one that ended meanwhile is an error.
            listed = self._client.api.containers(all=True, filters={"label": label})
        return [
            (self._client.containers.prepare_model(about), (about["Labels"] or {}).get(OWNER_LABEL, ""))
            for about in listed
        ]

    def caveats(self) -> list[str]:
        """Return what a container does not protect from."""
        return [
            "Containers share the machine's kernel: a kernel exploit gets out. "
            "Use a stronger OCI runtime for hostile code.",
            "Code under test runs in pytest's process and could forge its own results.",
            "Builds have a network: what the engine's bridge leads to, the machine among it, can be reached.",
        ]

    @contextmanager
    def _session(
        self, image: str, limits: Limits, *, building: bool
    ) -> Iterator[tuple[WireSession, Container]]:
        connection = self._start(image, limits, building=building)
        session: WireSession | None = None
        try:
            session = WireSession(connection, limits=limits, watch=self._is_podman)
            with self._guard:
                self._open.add(session)
            if self._aborted:
                session.abort()
            yield session, connection.container
        finally:
            with self._guard:
                if session is not None:
                    self._open.discard(session)
            connection.kill()

    def _start(self, image: str, limits: Limits, *, building: bool) -> _Attached:
        home = limits.disk if building else HOME_SIZE
        try:
            container = self._client.containers.create(
                image,
                boot_command("python3"),
                stdin_open=True,
                user=USER,
                working_dir="/testbed",
                environment={},
                # No init process: the supervisor is process 1, which the tests can neither kill nor stop, and
                # there is no other holder of its streams that they could write to.
                init=False,
                use_config_proxy=False,  # may hold a password, and what a container has, an image keeps
                auto_remove=True,
                network_mode=self._settings.build_network if building else "none",
                read_only=not building,  # what a build writes under the prefix is what gets kept
                tmpfs={
                    "/testbed": self._tmpfs(limits.disk, limits.files, "mode=0755,uid=1000,gid=1000"),
                    "/tmp": self._tmpfs(limits.disk, limits.files, "mode=1777"),
                    "/run/rpsdg": self._tmpfs(home, limits.files, "mode=0755,uid=1000,gid=1000"),
                },
                cap_drop=["ALL"],
                security_opt=["no-new-privileges"],
                mem_limit=limits.memory + 2 * limits.disk,
                memswap_limit=limits.memory + 2 * limits.disk,
                nano_cpus=int(limits.cpus * 1e9),
                pids_limit=limits.processes,
                log_config=LogConfig(type="none"),
                labels={LABEL: "run", OWNER_LABEL: owner()},
            )
        except (DockerException, OSError) as error:
            raise SandboxBrokeError(f"the container could not be created: {error}") from error
        try:
            stream: Any = container.attach_socket(params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
            attached = _Attached(container, getattr(stream, "_sock", stream), stream)
            container.start()
        except (DockerException, OSError) as error:
            _remove(container)
            raise SandboxBrokeError(f"the container could not be started: {error}") from error
        return attached

    def _tmpfs(self, size: int, files: int, owned: str) -> str:
        """Return the options of a file system in memory, as the engine names them."""
        if self._is_podman:
            return f"size={size},exec,mode=1777,U"  # files are counted by the supervisor then
        return f"size={size},nr_inodes={files},exec,{owned}"

    def _base(self, system_packages: Sequence[str] = ()) -> tuple[str, str]:
        """Prepare the base image once: a user, the places for environment and tree, system packages."""
        packages = tuple(dict.fromkeys((*self._settings.system_packages, *system_packages)))
        with self._preparing:
            if packages not in self._prepared:
                self._prepared[packages] = self._prepare(packages)
            return self._prepared[packages]

    def _prepare(self, wanted_packages: tuple[str, ...]) -> tuple[str, str]:
        name = self._base_name().replace("{python}", self._settings.python or DEFAULT_PYTHON)
        try:
            image = self._client.images.get(name) if self._has(name) else self._client.images.pull(name)
        except (DockerException, OSError) as error:
            raise SandboxUnavailableError(
                f"the base image `{name}` is neither here nor can it be pulled: {error}",
                hint="Name another with RPSDG_BASE_IMAGE, make one with `make base-image`, "
                "or use `--sandbox local`.",
            ) from error
        packages = " ".join(wanted_packages)
        if packages:
            packages = (
                "apt-get update && apt-get install -y --no-install-recommends "
                f"{packages} && rm -rf /var/lib/apt/lists/* && "
            )
        dockerfile = _PREPARE.format(base=image.id, packages=packages, prefix=PREFIX, label=LABEL)
        tag = f"rpsdg/base:{sha256(dockerfile.encode()).hexdigest()[:24]}"
        try:
            if not self._has(tag):
                self._client.images.build(
                    fileobj=io.BytesIO(dockerfile.encode()), tag=tag, rm=True, forcerm=True
                )
            prepared = self._client.images.get(tag)
            with self._session(tag, self._settings.limits, building=False) as (session, _):
                return str(prepared.id), session.python
        except (DockerException, SandboxBrokeError) as error:
            raise EnvironmentFailedError(
                f"the base image `{name}` could not be prepared: {error}",
                hint="It must be a Linux image with `python3` (3.8 or newer) on its PATH.",
            ) from error

    def _base_name(self) -> str:
        """Return the name of the base image, in which `{python}` may stand for the version."""
        return self._settings.base_image or (OWN_BASE_IMAGE if self._has(OWN_BASE_IMAGE) else REGISTRY_IMAGE)

    def _has(self, name: str) -> bool:
        with _engine("look for an image"):
            try:
                self._client.images.get(name)
            except ImageNotFound:
                return False
        return True


class _Attached(Connection):
    """The attached streams of a container: raw bytes in, frames of an 8-byte header out."""

    def __init__(self, container: Container, sock: socket.socket, keep: Any) -> None:
        self.container = container
        self._socket = sock
        self._keep = keep  # the SDK's wrapper closes the socket when it is collected
        self._data = bytearray()
        self._errors = bytearray()
        self._killed = False

    def send(self, data: bytes) -> None:
        self._socket.settimeout(60.0)
        self._socket.sendall(data)

    def receive(self, size: int, timeout: float) -> bytes:
        deadline = time.monotonic() + timeout
        while len(self._data) < size:
            header = self._exactly(8, deadline)
            length = int.from_bytes(header[4:], "big")
            part = self._exactly(length, deadline)
            if header[0] == 1:
                self._data += part
            else:  # a supervisor that could not start says why on standard error
                self._errors += part[:4096]
        data = bytes(self._data[:size])
        del self._data[:size]
        return data

    def kill(self) -> None:
        if self._killed:
            return
        self._killed = True
        with contextlib.suppress(OSError):  # closed already
            self._socket.shutdown(socket.SHUT_RDWR)
        _remove(self.container)
        with contextlib.suppress(OSError):  # closed already
            self._keep.close()

    def _exactly(self, size: int, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            self._socket.settimeout(max(0.01, deadline - time.monotonic()))
            part = self._socket.recv(min(size - len(parts), 1 << 20))
            if not part:
                said = self._errors.decode("utf-8", "replace").strip()
                raise ConnectionResetError(said or "the container ended")
            parts += part
        return bytes(parts)


def _tag(key: str) -> str:
    return f"{_REPOSITORY}:{key[:24]}"


@contextmanager
def _engine(what: str) -> Iterator[None]:
    """Turn what the engine's client raises into an error that says what was being done."""
    try:
        yield
    except (DockerException, OSError) as error:
        raise SandboxBrokeError(
            f"the Docker engine could not {what}: {error}", hint="Is the engine still running?"
        ) from error


def _remove(container: Container) -> None:
    # Containers remove themselves when they end; being second is no fault. What an engine in trouble keeps
    # bears our label, and the next run sweeps it.
    with contextlib.suppress(DockerException, OSError):
        container.remove(force=True)
