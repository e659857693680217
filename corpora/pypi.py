"""Take a release from a package index: its sdist, which carries the tests, read and never run."""

from __future__ import annotations

import bisect
import dataclasses
import hashlib
import tempfile
import time
import warnings
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import requests
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pypi_simple import (
    DigestMismatchError,
    DistributionPackage,
    NoSuchProjectError,
    ProjectPage,
    PyPISimple,
    UnexpectedRepoVersionWarning,
    UnsupportedRepoVersionError,
)
from requests.auth import AuthBase, HTTPBasicAuth

from rpsdg.corpora.archive import ARCHIVE_SUFFIXES, read_archive
from rpsdg.corpora.licence import find_licence
from rpsdg.corpora.redact import public_url, redact
from rpsdg.corpora.settings import SourceSettings
from rpsdg.corpora.source import Source, SourceError
from rpsdg.corpora.spec import PyPISpec
from rpsdg.sandbox.tree import UnsafeTreeError

__all__ = ["fetch_pypi", "list_releases", "newest_release"]

# md5 and sha1 are no proof of anything any more.
_DIGESTS = {"sha256": 64, "sha384": 96, "sha512": 128}
_HEX = set("0123456789abcdef")
_NEAREST = 5

Releases = dict[Version, list[DistributionPackage]]


def fetch_pypi(spec: PyPISpec, settings: SourceSettings, cache: Path | None = None) -> Source:
    """Return the source of a release, from its sdist.

    Args:
        spec: project and version; without one, the newest release that is neither yanked nor a pre-release.
        settings: index, certificates and limits.
        cache: a folder that keeps sdists under their sha256; what is in it is verified again at every use.

    Raises:
        SourceError: no such project or version, no sdist, no network, a wrong digest, a damaged archive.
        UnsafeTreeError: the archive holds something that is refused.
    """
    with _open_index(settings) as index:
        page = _project_page(index, spec.name, settings)
        version, package = _choose(page, spec)
        data = _sdist(index, package, settings, cache)
    tree = read_archive(package.filename, data)
    return Source(
        kind="pypi",
        name=canonicalize_name(spec.name),
        tree=tree,
        version=str(version),
        licence=find_licence(tree),
        url=public_url(package.url) if settings.index_url is None else None,
        archive_sha256=hashlib.sha256(data).hexdigest(),
        released=package.upload_time,
    )


def list_releases(name: str, settings: SourceSettings, python: str) -> list[str]:
    """Return the stable versions of a project that have an sdist and run on a Python, newest first.

    Args:
        name: the project.
        settings: index, certificates and limits.
        python: a version of Python, such as `3.12.1`.

    Raises:
        SourceError: no such project, or no network.
    """
    with _open_index(settings) as index:
        page = _project_page(index, name, settings)
    found = {
        version
        for version, packages in _releases(page).items()
        if (sdist := _sdist_of(packages)) is not None
        and not version.is_prerelease
        and not sdist.is_yanked
        and _runs_on(sdist, python)
    }
    return [str(version) for version in sorted(found, reverse=True)]


def newest_release(name: str, versions: SpecifierSet, settings: SourceSettings) -> str:
    """Return the newest version of a project among some that has an sdist.

    One that was yanked is only taken where no other could be meant.

    Args:
        name: the project.
        versions: those that will do; pre-releases only where they are named.
        settings: index, certificates and limits.

    Raises:
        SourceError: no such project, none of its versions will do, or no network.
    """
    with _open_index(settings) as index:
        releases = _releases(_project_page(index, name, settings))
    yanked = {
        version: sdist.is_yanked
        for version, packages in releases.items()
        if (sdist := _sdist_of(packages)) is not None
    }
    usable = {version for version, gone in yanked.items() if not gone}
    pinned = all(one.operator in {"==", "==="} and "*" not in one.version for one in versions) and versions
    fitting = list(versions.filter(usable)) or (list(versions.filter(yanked)) if pinned else [])
    if not fitting:
        raise SourceError(
            f"`{name}` has no release `{versions}` with an sdist",
            hint=f"the newest with one: {', '.join(map(str, sorted(usable, reverse=True)[:_NEAREST]))}",
        )
    sdist = _sdist_of(releases[max(fitting)])
    assert sdist is not None
    return str(Version(sdist.version or ""))  # its own spelling


def _runs_on(package: DistributionPackage, python: str) -> bool:
    try:
        return SpecifierSet(package.requires_python or "").contains(python)
    except InvalidSpecifier:
        return True


class _Session(requests.Session):
    """A session in which a CA bundle that was set wins over the environment, as it does not in `requests`."""

    def __init__(self, ca_bundle: Path | None) -> None:
        super().__init__()
        self._ca_bundle = ca_bundle

    def merge_environment_settings(self, *args: Any, **options: Any) -> Any:
        merged = super().merge_environment_settings(*args, **options)
        if self._ca_bundle is not None:
            merged["verify"] = str(self._ca_bundle)
        return merged


class _HostAuth(AuthBase):
    """Log in to one host only: an index often keeps its files on another one."""

    def __init__(self, host: str, user: str, password: str) -> None:
        self._host = host
        self._basic = HTTPBasicAuth(user, password)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        same = urlsplit(request.url or "").netloc == self._host
        return self._basic(request) if same else request


def _open_index(settings: SourceSettings) -> PyPISimple:
    if settings.ca_bundle is not None and not settings.ca_bundle.exists():
        raise SourceError(f"`ca_bundle` names `{settings.ca_bundle}`, which does not exist")
    session = _Session(settings.ca_bundle)
    if settings.index_url is None:
        return PyPISimple(session=session)
    # The user part is taken out of the address, so that no URL of an error or a link can carry it.
    parts = urlsplit(settings.index_url)
    address = public_url(settings.index_url)
    auth = None
    if parts.username is not None:
        host = urlsplit(address).netloc
        auth = _HostAuth(host, unquote(parts.username), unquote(parts.password or ""))
    return PyPISimple(address, auth=auth, session=session)


def _project_page(index: PyPISimple, name: str, settings: SourceSettings) -> ProjectPage:
    try:
        with warnings.catch_warnings(action="ignore", category=UnexpectedRepoVersionWarning):
            return index.get_project_page(name, timeout=settings.connect_timeout)
    except NoSuchProjectError:
        raise SourceError(
            f"the package index has no project `{name}`", hint="check the spelling, or set `index_url`"
        ) from None
    except (requests.RequestException, UnsupportedRepoVersionError, ValueError) as error:
        if isinstance(error, requests.RequestException) and not isinstance(error, requests.JSONDecodeError):
            raise _network_error(f"asking for `{name}`", error, settings) from None
        raise SourceError(
            f"asking for `{name}`, something that is no package index answered: {redact(_first_line(error))}",
            hint="`index_url` is the address of a simple API; it often ends in `/simple/`",
        ) from None


def _choose(page: ProjectPage, spec: PyPISpec) -> tuple[Version, DistributionPackage]:
    """Return the version meant and its sdist."""
    releases = _releases(page)
    if not releases:
        raise SourceError(f"`{spec.name}` is on the package index, but without any release")
    with_sdist = {version for version, packages in releases.items() if _sdist_of(packages)}
    if spec.version is not None:
        version = Version(spec.version)
        if version not in releases:
            raise SourceError(
                f"`{spec.name}` has no version {spec.version}",
                hint=_nearest(version, with_sdist or set(releases)),
            )
    else:
        stable = [
            version
            for version, packages in releases.items()
            if not version.is_prerelease and not all(package.is_yanked for package in packages)
        ]
        if not stable:
            raise SourceError(
                f"`{spec.name}` has no stable release",
                hint=f"name a version, such as `pypi:{spec.name}=={max(releases)}`",
            )
        version = max(stable)
    sdist = _sdist_of(releases[version])
    if sdist is None:
        kinds = ", ".join(sorted({found.package_type or "unknown" for found in releases[version]}))
        raise SourceError(
            f"`{spec.name}` {version} has no sdist that can be read (it has: {kinds}; "
            f"read are {', '.join(ARCHIVE_SUFFIXES)})",
            hint=_nearest(version, with_sdist) if with_sdist else "give its git repository instead",
        )
    return Version(sdist.version or ""), sdist  # the release's own spelling: 1.0.0, if 1.0 was asked for


def _releases(page: ProjectPage) -> Releases:
    releases: Releases = {}
    for package in page.packages:
        try:
            releases.setdefault(Version(package.version or ""), []).append(package)
        except InvalidVersion:
            continue  # a file from before versions had rules; it cannot be asked for
    return releases


def _sdist_of(packages: list[DistributionPackage]) -> DistributionPackage | None:
    sdists = [package for package in packages if package.package_type == "sdist"]
    for suffix in ARCHIVE_SUFFIXES:
        for package in sdists:
            if package.filename.endswith(suffix):
                return package
    return None


def _nearest(wanted: Version, versions: set[Version]) -> str:
    ordered = sorted(versions)
    at = bisect.bisect(ordered, wanted)
    start = max(0, min(at - _NEAREST // 2, len(ordered) - _NEAREST))
    return f"versions with an sdist near it: {', '.join(str(v) for v in ordered[start : start + _NEAREST])}"


def _sdist(
    index: PyPISimple, package: DistributionPackage, settings: SourceSettings, cache: Path | None
) -> bytes:
    """Return the sdist's bytes, from the cache if it has them."""
    digests = {
        name: value
        for name, length in _DIGESTS.items()
        if len(value := package.digests.get(name, "").lower()) == length and set(value) <= _HEX
    }
    if not digests:
        raise SourceError(
            f"the package index gives no sha256 for `{package.filename}`, so it cannot be verified",
            hint="use an index that does, or unpack the sdist yourself and give the folder",
        )
    # The digest is hexadecimal digits by now, so it is safe as a file name.
    if cache is not None and (data := _cached(cache / "sdists", digests.get("sha256"))) is not None:
        return data
    verified = dataclasses.replace(package, digests=digests)
    try:
        if cache is None:
            with tempfile.TemporaryDirectory(prefix="rpsdg-sdist-") as folder:
                return _download(index, verified, settings, Path(folder) / "sdist")
        kept = cache / "sdists"
        kept.mkdir(parents=True, exist_ok=True)
        # Made beside its place, so that the rename is atomic and a killed download leaves no half file.
        with tempfile.TemporaryDirectory(prefix=".part-", dir=kept) as folder:
            part = Path(folder) / "sdist"
            data = _download(index, verified, settings, part)
            part.replace(kept / hashlib.sha256(data).hexdigest())
            return data
    except OSError as error:
        raise SourceError(
            f"`{package.filename}` could not be written: {error}",
            hint="free some space, or name another folder for the cache",
        ) from error


def _cached(folder: Path, sha256: str | None) -> bytes | None:
    """Return what is kept under a sha256 if it still has it; a damaged file counts as absent."""
    if sha256 is None:
        return None
    try:
        data = (folder / sha256).read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def _download(
    index: PyPISimple, package: DistributionPackage, settings: SourceSettings, target: Path
) -> bytes:
    try:
        index.download_package(
            package,
            target,
            progress=lambda length: _Limit(package.filename, length, settings),
            timeout=settings.connect_timeout,
            headers={"Accept-Encoding": "identity"},  # or a server may pack what is packed already
        )
    except DigestMismatchError as error:
        raise SourceError(
            f"`{package.filename}` has {error.algorithm} {error.actual_digest}, "
            f"and the package index promised {error.expected_digest}",
            hint="a broken download or a tampered file: try again, then try another index",
        ) from None
    except requests.RequestException as error:
        raise _network_error(f"downloading `{package.filename}`", error, settings) from None
    return target.read_bytes()


class _Limit:
    """Ends a download that grows too big or takes too long; given to `pypi_simple` as its progress bar."""

    def __init__(self, name: str, length: int | None, settings: SourceSettings) -> None:
        self._name, self._settings = name, settings
        self._read = 0
        self._end = time.monotonic() + settings.time_limit
        if length is not None:
            self._check(length)

    def _check(self, size: int) -> None:
        if size > self._settings.max_download:
            raise UnsafeTreeError(
                f"`{self._name}` has more than the {self._settings.max_download:,} bytes that are taken",
                hint="raise `max_download`",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""

    def update(self, increment: int) -> None:
        """Count the next bytes."""
        self._read += increment
        self._check(self._read)
        if time.monotonic() > self._end:
            raise SourceError(
                f"`{self._name}` was not there after {self._settings.time_limit:g} seconds",
                hint="raise `time_limit`, or try again later",
            )


def _network_error(what: str, error: requests.RequestException, settings: SourceSettings) -> SourceError:
    where = (
        "the default package index" if settings.index_url is None else f"`{public_url(settings.index_url)}`"
    )
    if isinstance(error, requests.exceptions.SSLError):
        return SourceError(
            f"{what}, {where} showed a certificate that is not trusted",
            hint="name the certificate authorities of your network with `ca_bundle` or REQUESTS_CA_BUNDLE",
        )
    if error.response is not None:
        status = error.response.status_code
        hint = "put user and password into `index_url`" if status in {401, 403} else "try again later"
        return SourceError(f"{what}, {where} answered with status {status}", hint=hint)
    return SourceError(
        f"{what}, {where} could not be reached ({type(error).__name__})",
        hint="check the network, the proxy variables, and the settings `index_url` and `ca_bundle`",
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
