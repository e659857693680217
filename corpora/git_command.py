"""Run git so that nothing but its arguments decides what it does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from rpsdg.corpora.redact import redact
from rpsdg.corpora.source import SourceError
from rpsdg.sandbox.tree import UnsafeTreeError

__all__ = ["GitCommand", "GitLogin", "GitResult", "git_command"]

# `-c` wins over the configuration of a repository, and that file may be the work of a stranger.
_CONFIGURATION: tuple[str, ...] = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.askPass=",
    "credential.helper=",  # empties the list of helpers
    "protocol.allow=never",
    "protocol.ext.allow=never",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "fetch.unpackLimit=1",  # keep one pack: objects are never spread over files
    "gc.auto=0",
    "maintenance.auto=false",
    # A mounted checkout belongs to another user more often than not; with the lines above and no
    # transport, nothing that git would run for its owner is left.
    "safe.directory=*",
)

_PASSED_ON = (
    "PATH",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "GIT_SSL_CAPATH",
)
_CA_BUNDLES = ("GIT_SSL_CAINFO", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_MAX_OUTPUT = 64 * 1024 * 1024
_MAX_ERRORS = 1024 * 1024
_LOOK_EVERY = 0.1  # seconds


@dataclass(frozen=True)
class GitResult:
    """How one git command ended."""

    code: int
    output: bytes
    errors: str
    """Its messages, passwords taken out."""

    @property
    def line(self) -> str:
        """The output as one line of text."""
        return self.output.decode("utf-8", "surrogateescape").strip()

    @property
    def reason(self) -> str:
        """The messages that say most about a failure: the first of all, and the first `fatal` one."""
        lines = [line.strip() for line in self.errors.splitlines() if line.strip()]
        told = [line for line in lines if not line.startswith("warning:")]
        fatal = [line for line in told if line.startswith("fatal:")]
        best = dict.fromkeys([*told[:1], *fatal[:1]])
        return "; ".join(line.removeprefix("fatal: ") for line in best) or f"it ended with status {self.code}"


@dataclass(frozen=True)
class GitLogin:
    """What git is given to log in with, on top of the bare minimum."""

    environment: Mapping[str, str] = field(repr=False)
    configuration: tuple[str, ...] = ()
    """Lines `name=value`. They are seen by other users of the machine, so they hold no secret."""


@dataclass(frozen=True)
class GitCommand:
    """A git whose hooks, submodules, user and system configuration, and prompts are off."""

    program: str
    environment: Mapping[str, str] = field(repr=False)
    configuration: tuple[str, ...]
    deadline: float
    """`time.monotonic()` at which every command is ended."""
    time_limit: float
    """The same in seconds from the start, for messages."""
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def run(
        self,
        folder: Path,
        *arguments: str,
        stdin: bytes = b"",
        max_output: int = _MAX_OUTPUT,
        max_folder: int | None = None,
    ) -> GitResult:
        """Run one git command in `folder` and wait for it.

        Args:
            folder: where it runs.
            arguments: subcommand, options and operands; operands from outside follow an end-of-options mark.
            stdin: what it reads.
            max_output: bytes it may write to its standard output.
            max_folder: bytes the files of `folder` may grow to meanwhile.

        Raises:
            SourceError: the time is over.
            UnsafeTreeError: it wrote more than it may.
        """
        settings = [part for line in self.configuration for part in ("-c", line)]
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            given.write(stdin)
            given.seek(0)
            process = subprocess.Popen(
                [self.program, "--no-pager", *settings, *arguments],
                cwd=folder,
                env=dict(self.environment),
                stdin=given,
                stdout=out,
                stderr=err,
                start_new_session=True,  # so that git's own helpers end with it
            )
            try:
                while True:
                    code = _wait(process, min(_LOOK_EVERY, self.deadline - time.monotonic()))
                    if _size(out) > max_output or _size(err) > _MAX_ERRORS:
                        raise UnsafeTreeError(f"git's answer grew over {max_output:,} bytes")
                    if max_folder is not None and (size := _folder_size(folder)) > max_folder:
                        raise UnsafeTreeError(
                            f"the repository sent {size:,} bytes; at most {max_folder:,} are taken",
                            hint="raise `max_download`",
                        )
                    if code is not None:
                        break
                    if time.monotonic() >= self.deadline:
                        raise SourceError(
                            f"git was not done after {self.time_limit:g} seconds",
                            hint="raise `time_limit`, or clone it yourself and give the folder",
                        )
            finally:
                if process.returncode is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            out.seek(0)
            err.seek(0)
            errors = err.read().decode("utf-8", "replace")
            return GitResult(code, out.read(), redact(errors, self.secrets))


@contextmanager
def git_command(
    time_limit: float,
    *,
    protocols: tuple[str, ...] = (),
    ca_bundle: Path | None = None,
    login: GitLogin | None = None,
    secrets: tuple[str, ...] = (),
) -> Iterator[GitCommand]:
    """Yield a git for one task, with an empty home folder that goes away afterwards.

    Args:
        time_limit: seconds for all its commands together.
        protocols: the transports it may use.
        ca_bundle: certificate authorities to trust in place of the environment's.
        login: the credentials it may use; None is none.
        secrets: words to keep out of its messages.

    Raises:
        SourceError: git is not installed.
    """
    program = shutil.which("git")
    if program is None:
        raise SourceError("`git` is not on the PATH", hint="install git, or give a folder or a PyPI release")
    with tempfile.TemporaryDirectory(prefix="rpsdg-git-") as home:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        bundle = ca_bundle or next((os.environ[name] for name in _CA_BUNDLES if os.environ.get(name)), None)
        if bundle is not None:
            environment["GIT_SSL_CAINFO"] = str(bundle)
        environment |= {
            "HOME": home,
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_NO_LAZY_FETCH": "1",
            # Wins over any `protocol.*.allow`, and so also forbids what a repository's remotes name.
            "GIT_ALLOW_PROTOCOL": ":".join(protocols) or "none",
        }
        configuration = _CONFIGURATION
        if login is not None:
            environment |= login.environment
            configuration += login.configuration
        deadline = time.monotonic() + time_limit
        yield GitCommand(program, environment, configuration, deadline, time_limit, secrets)


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    try:
        return process.wait(max(seconds, 0.001))
    except subprocess.TimeoutExpired:
        return None


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _folder_size(folder: Path) -> int:
    total = 0
    for name, _, files in os.walk(folder):
        for file in files:
            try:
                total += (Path(name) / file).lstat().st_size
            except FileNotFoundError:
                continue  # a temporary file of git, gone since
    return total
