"""What a user may set about environments and sandboxes, and where each setting is read from."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import platformdirs

from rpsdg.traces.errors import ExitCode, RpsdgError, UsageError

from .contract import Limits

__all__ = ["OWN_BASE_IMAGE", "CacheUnusableError", "Settings"]

OWN_BASE_IMAGE = "rpsdg-base:latest"
"""A base image made on this machine (`make base-image`); taken, when it exists, before any registry's."""


class CacheUnusableError(RpsdgError):
    """The folder for sources, locks and environments cannot be used."""

    code = ExitCode.OUTPUT


@dataclass(frozen=True)
class Settings:
    """Settings of sandboxes and environments. None of them ends up in an image or a trace."""

    cache: Path = field(default_factory=lambda: Path(platformdirs.user_cache_dir("rpsdg")))
    """Where sources, locks and local environments are kept."""
    base_image: str | None = None
    """Docker base image; `{python}` in it stands for the minor version. Default: OWN_BASE_IMAGE if the engine
    has it, else `python:{python}-slim`."""
    python: str | None = None
    """Python minor version wanted, such as `3.12`; default: what the project and the base allow."""
    index_url: str | None = None
    """Package index for everything that is installed; default: the installer's own."""
    ca_bundle: Path | None = None
    """Certificates to trust while resolving and installing."""
    system_packages: tuple[str, ...] = ()
    """Debian packages added to the base image."""
    bubblewrap: bool | None = None
    """Whether the local sandbox uses bubblewrap; None: if it works here."""
    build_network: str = "bridge"
    """Docker network while resolving and installing. Tests never have one."""
    exclude_newer: str | None = None
    """Resolve as if it were this date (`2026-01-31`): releases after it do not exist."""
    install_timeout: float = 900.0
    """Seconds for resolving and for installing, each."""
    repair_timeout: float = 1200.0
    """Seconds after which a search for a working recipe tries nothing new."""
    disk: int = 20 * 1024**3
    """Bytes that the environments of this cache may take in one sandbox; the longest unused are evicted."""
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read RPSDG_BASE_IMAGE, RPSDG_PYTHON, RPSDG_INDEX_URL, RPSDG_CA_BUNDLE, RPSDG_SYSTEM_PACKAGES,
        RPSDG_BUBBLEWRAP (0 or 1), RPSDG_BUILD_NETWORK, RPSDG_EXCLUDE_NEWER, RPSDG_DISK (such as 20G) and
        RPSDG_CACHE_DIR.

        Where the index or the CA bundle is not set for rpsdg, what uv and pip were told is taken.

        Raises:
            UsageError: a value that cannot be meant.
        """
        env = os.environ if environ is None else environ

        def first(*names: str) -> str | None:
            return next((env[name] for name in names if env.get(name)), None)

        own = first("RPSDG_CA_BUNDLE")
        if own is not None and not Path(own).is_file():
            raise UsageError(f"RPSDG_CA_BUNDLE names `{own}`, which is not a file")
        if (wrap := first("RPSDG_BUBBLEWRAP")) not in {None, "0", "1"}:
            raise UsageError(f"RPSDG_BUBBLEWRAP is 0 or 1, not `{wrap}`")
        bundle = own or first("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE")
        cache = first("RPSDG_CACHE_DIR")
        disk = first("RPSDG_DISK")
        settings = cls(
            base_image=first("RPSDG_BASE_IMAGE"),
            python=first("RPSDG_PYTHON"),
            index_url=first("RPSDG_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"),
            ca_bundle=Path(bundle) if bundle and Path(bundle).is_file() else None,
            system_packages=tuple((first("RPSDG_SYSTEM_PACKAGES") or "").split()),
            bubblewrap=None if wrap is None else wrap == "1",
            build_network=first("RPSDG_BUILD_NETWORK") or "bridge",
            exclude_newer=first("RPSDG_EXCLUDE_NEWER"),
            disk=cls.disk if disk is None else _bytes(disk),
        )
        return settings if cache is None else replace(settings, cache=Path(cache).absolute())

    def require_cache(self) -> None:
        """Make the cache folder.

        Raises:
            CacheUnusableError: it cannot be made or written.
        """
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.cache):
                pass
        except OSError as error:
            raise CacheUnusableError(
                f"the cache folder `{self.cache}` cannot be written: {error.strerror or error}",
                hint="Name another with RPSDG_CACHE_DIR.",
            ) from error


def _bytes(text: str) -> int:
    """Return a size such as `500M` or `20 GiB` in bytes; a number alone counts GiB.

    >>> _bytes("500M") == 500 * 1024**2, _bytes("1.5") == 1.5 * 1024**3
    (True, True)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", text, re.IGNORECASE)
    if found is None:
        raise UsageError(f"RPSDG_DISK is a size such as 500M or 20G, not `{text}`")
    return int(float(found[1]) * 1024 ** (" KMGT".index(found[2].upper()) if found[2] else 3))
