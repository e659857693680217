"""Keep passwords out of whatever people and files get to see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

__all__ = ["public_url", "redact"]

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)(?P<rest>\S+)")
_AUTHORITY = re.compile(r"[^/?#]*")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` with `***` for the user part of every URL in it and for every one of `secrets`.

    Examples:
        >>> redact("no access to https://me:hunter2@host.example/repo.git@main")
        'no access to https://***@host.example/repo.git@main'
        >>> redact("not a URL: https://me:hunt/er2@host.example/repo")
        'not a URL: https://***@host.example/repo'
    """
    # Longest first, so that a secret inside another one leaves no rest behind.
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > 3:  # shorter ones, such as the user `git`, are in every other word
            text = text.replace(secret, "***")
    return _URL.sub(_without_user, text)


def public_url(url: str) -> str:
    """Return the URL without user, password, query and fragment: any of them may hold a token.

    Raises:
        ValueError: it is no sound URL.

    Examples:
        >>> public_url("https://me:hunter2@host.example:8443/simple/?token=1#x")
        'https://host.example:8443/simple/'
    """
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _without_user(url: re.Match[str]) -> str:
    rest = url["rest"]
    try:
        _ = urlsplit(url[0]).port
        authority = _AUTHORITY.match(rest)
        end = authority.end() if authority else 0
    except ValueError:
        end = len(rest)  # no sound URL: a `/` in a password, perhaps, so all up to the last `@` is secret
    cut = rest.rfind("@", 0, end)
    return url[0] if cut < 0 else f"{url['scheme']}***{rest[cut:]}"
