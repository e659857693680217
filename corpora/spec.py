"""What a user may write for a source, and what it means. Parsing touches neither disk nor network."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from packaging.version import InvalidVersion, Version

from rpsdg.corpora.redact import redact
from rpsdg.traces.errors import UsageError

__all__ = ["FORMS", "GitSpec", "LocalSpec", "PyPISpec", "Spec", "parse"]

FORMS = (
    "a source is a folder, `pypi:NAME`, `pypi:NAME==VERSION`, or a git address such as "
    "`git+https://HOST/PATH.git@REF` or `git@HOST:PATH.git@REF`"
)

_PROJECT_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_SCP_LIKE = re.compile(r"(?P<user>[A-Za-z0-9_][\w.-]*)@(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*):(?P<path>[^-].*)")
_REMOTE_LIKE = re.compile(r"[^/]*(?:@[^/]*:|::)")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\]")
_SSH_USER = re.compile(r"[A-Za-z0-9_][\w.-]*")
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://")
_ARCHIVE = re.compile(r"\.(?:tar(?:\.\w+)?|tgz|zip|whl)$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# git-check-ref-format(1), and no leading `+` or `-`: in front of a ref they would be a refspec or an option.
_BAD_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|(?:^|/)\.|^[-+/]|[/.]$|\.lock(?:/|$)|^@$|^$")

Protocol = Literal["https", "http", "ssh", "file"]


@dataclass(frozen=True)
class PyPISpec:
    """A release on a package index."""

    name: str
    version: str | None = None
    """A PEP 440 version; None is the newest stable release."""


@dataclass(frozen=True)
class GitSpec:
    """A commit in a git repository somewhere."""

    url: str
    """The address as git takes it, without a password and, over http(s), without a user."""
    protocol: Protocol
    ref: str | None = None
    """A branch, a tag or a commit id; None is the default branch."""
    user: str | None = field(default=None, repr=False)
    """The user of an http(s) address; may be a token, so it is never shown."""
    password: str | None = field(default=None, repr=False)
    """The password of an http(s) address."""

    @property
    def name(self) -> str:
        """The last part of the path, without `.git`."""
        return re.split(r"[/:]", self.url.rstrip("/"))[-1].removesuffix(".git")


@dataclass(frozen=True)
class LocalSpec:
    """A folder of this machine."""

    path: Path


Spec = PyPISpec | GitSpec | LocalSpec


def parse(spec: str) -> Spec:
    """Return what `spec` names.

    Raises:
        UsageError: it fits none of the forms of a source.

    Examples:
        >>> parse("pypi:toolz==1.0.0")
        PyPISpec(name='toolz', version='1.0.0')
        >>> parse("git@host.example:org/repo.git@v1")
        GitSpec(url='git@host.example:org/repo.git', protocol='ssh', ref='v1')
        >>> parse("./here")
        LocalSpec(path=PosixPath('here'))
    """
    if not spec.strip():
        raise UsageError("an empty source", hint=FORMS)
    if _CONTROL.search(spec):
        raise UsageError("a source holds no control characters", hint=FORMS)
    if spec.startswith("-"):
        raise UsageError(
            f"`{redact(spec)}` looks like an option, not like a source",
            hint="write `./` in front of a folder whose name starts with `-`",
        )
    if spec.startswith("pypi:"):
        return _parse_pypi(spec)
    is_git = spec.startswith("git+")
    address = spec.removeprefix("git+")
    if scheme := _SCHEME.match(address):
        return _parse_url(spec, address, scheme["scheme"].lower())
    if scp_like := _SCP_LIKE.fullmatch(address):
        path, ref = _split_ref(spec, scp_like["path"])
        return GitSpec(f"{scp_like['user']}@{scp_like['host']}:{path}", "ssh", ref)
    if is_git or _REMOTE_LIKE.match(address):
        raise UsageError(f"`{redact(spec)}` is not a git address", hint=FORMS)
    return LocalSpec(Path(spec))


def _parse_pypi(spec: str) -> PyPISpec:
    name, operator, version = spec.removeprefix("pypi:").partition("==")
    name, version = name.strip(), version.strip()
    if not _PROJECT_NAME.fullmatch(name):
        raise UsageError(
            f"`{spec}` is not a PyPI release",
            hint="write `pypi:NAME` or `pypi:NAME==VERSION`, without extras",
        )
    if not operator:
        return PyPISpec(name)
    try:
        Version(version)
    except InvalidVersion:
        raise UsageError(
            f"`{spec}` asks for `{version}`, which is not a version", hint="write one such as `1.2.3`"
        ) from None
    return PyPISpec(name, version)


def _parse_url(spec: str, address: str, scheme: str) -> GitSpec:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises ValueError where the port is not a number
    except ValueError:
        raise UsageError(f"`{redact(spec)}` is not a sound URL", hint=FORMS) from None
    if parts.query or parts.fragment:
        # Not shown: such a query is often a token.
        raise UsageError("a git address has no `?` or `#` part", hint=FORMS)
    path, ref = _split_ref(spec, parts.path)
    if not path.strip("/") or (scheme != "file" and not _HOST.fullmatch(_host_of(parts))):
        raise UsageError(f"`{redact(spec)}` does not name a repository on a host", hint=FORMS)
    if path.lstrip("/").startswith("-"):
        raise UsageError(f"`{redact(spec)}` has a path that starts with `-`", hint=FORMS)
    if _ARCHIVE.search(path):
        raise UsageError(
            f"`{redact(spec)}` is an archive; archives are taken from a package index only",
            hint="unpack it and give the folder, or write `pypi:NAME==VERSION`",
        )
    host = parts.netloc.rpartition("@")[2]
    match scheme:
        case "https" | "http":
            user, password = _userinfo(parts)
            url = urlunsplit((scheme, host, path, "", ""))
            return GitSpec(url, "https" if scheme == "https" else "http", ref, user, password)
        case "ssh":
            user = parts.username
            if parts.password is not None or (user is not None and not _SSH_USER.fullmatch(user)):
                raise UsageError(
                    f"`{redact(spec)}`: an ssh address has a plain user and no password",
                    hint="set `git_credentials` to `ssh-agent` to log in",
                )
            return GitSpec(urlunsplit((scheme, parts.netloc, path, "", "")), "ssh", ref)
        case "file":
            if host:
                raise UsageError(f"`{redact(spec)}`: a file address starts with `file:///`", hint=FORMS)
            return GitSpec(f"file://{path}", "file", ref)
        case _:
            raise UsageError(
                f"`{redact(spec)}`: `{scheme}` is not among the protocols https, http, ssh and file",
                hint=FORMS,
            )


def _split_ref(spec: str, path: str) -> tuple[str, str | None]:
    """Split at the `@` behind `.git`, else at the last one that does not open a part of the path."""
    before, found, ref = path.partition(".git@")
    if found:
        before += ".git"
    elif path.rstrip("/").endswith(".git"):
        return path, None
    else:
        match = re.fullmatch(r"(?P<path>.*[^/])@(?P<ref>.*)", path)
        if match is None:
            return path, None
        before, ref = match["path"], match["ref"]
    if _BAD_REF.search(ref):
        raise UsageError(f"`{redact(spec)}`: `{ref}` is not the name of a branch, a tag or a commit")
    return before, ref


def _host_of(parts: SplitResult) -> str:
    name = parts.hostname or ""
    return f"[{name}]" if ":" in name else name


def _userinfo(parts: SplitResult) -> tuple[str | None, str | None]:
    """Return user and password of an http(s) address, decoded."""
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    if _CONTROL.search(f"{user}{password}"):
        # A line break would add lines of its own to what git reads from a credential helper.
        raise UsageError("the user and password of an address hold no control characters")
    return user, password
