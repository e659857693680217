"""The optional rewriting of statements by a language model behind an OpenAI-compatible endpoint.

Off unless asked for. What comes back is checked like everything else; whatever does not pass, or does not
come, leaves the statement as it was.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import requests

from rpsdg.sandbox.tree import Tree
from rpsdg.traces.errors import UsageError
from rpsdg.traces.kernel import Move

from . import Facts, Statement, leaks, unnamed
from .leaking import in_code

__all__ = ["Endpoint", "Rewritten", "rewrite"]

KEY = "RPSDG_REWRITE_KEY"
"""The environment variable with the endpoint's key."""
MOST_BYTES = 1_000_000
_WORD = re.compile(r"\w+")
_FENCE = re.compile(r"^```(?:markdown|md)\n(.*)\n```$", re.DOTALL)
_ROLE = (
    "You edit problem statements about bugs in programs. Rewrite the user's statement in your own words. "
    "Keep every fact, and the task at its end. Keep names, values, commands and everything in backticks "
    "exactly as they are. Add nothing: no guess at the cause, no hint, no code of your own. Answer with the "
    "rewritten Markdown and nothing else."
)


@dataclass(frozen=True)
class Endpoint:
    """A server that answers `POST URL/chat/completions`."""

    url: str
    model: str
    key: str | None = None
    timeout: float = 60.0
    """Seconds for one answer."""
    attempts: int = 3
    """How often it is asked before it is given up."""
    pause: float = 1.0
    """Seconds before the second attempt; twice as many before each further one."""

    @classmethod
    def from_environment(cls, url: str, model: str, *, timeout: float = 60.0) -> Endpoint:
        """Return an endpoint with the key that `KEY` holds, if it does.

        Raises:
            UsageError: the address is not one of the web, or no model is named.
        """
        if not re.match(r"https?://[^/\s]", url):
            raise UsageError(
                f"`{url}` is not the address of an endpoint",
                hint="Give `--rewrite-url` something like `https://host/v1`.",
            )
        if not model.strip():
            raise UsageError("no model is named", hint="Give one with `--rewrite-model`.")
        return cls(url, model, os.environ.get(KEY) or None, timeout)

    @property
    def address(self) -> str:
        """Where requests go."""
        base = self.url.rstrip("/")
        return base if base.endswith("/chat/completions") else f"{base}/chat/completions"


@dataclass(frozen=True)
class Rewritten:
    """The statement to hand out, and why it is still the old one, if it is."""

    statement: Statement
    refused: str | None = None


class _UnansweredError(Exception):
    """No answer that could be used."""


def rewrite(
    statement: Statement,
    facts: Facts,
    endpoint: Endpoint,
    *,
    moves: Sequence[Move[Tree]],
    buggy: Tree,
    fixed: Tree,
    sleep: Callable[[float], None] = time.sleep,
) -> Rewritten:
    """Have a statement rewritten, and return the answer if it gives nothing away and loses nothing.

    Args:
        statement: one that passed the checks.
        facts: what it was made from.
        endpoint: who rewrites.
        moves, buggy, fixed: as for `checked`.
        sleep: waits between attempts.
    """
    try:
        answer = _answer(statement.text, endpoint, sleep)
    except _UnansweredError as error:
        return Rewritten(statement, str(error))
    text = _plain(answer)
    why = _refusal(text, statement.text, facts)
    found = [why] if why else leaks(text, moves, buggy, fixed, facts.needed)
    if found:
        return Rewritten(statement, "; ".join(found))
    return Rewritten(replace(statement, text=text, rewritten=True))


def _refusal(text: str, before: str, facts: Facts) -> str | None:
    if not text.strip():
        return "it is empty"
    if len(text) > 3 * len(before) + 500:
        return "it is far longer than the statement"
    if any(ord(letter) < 32 and letter not in "\n\t" for letter in text):
        return "it holds control characters"
    lost = unnamed(text, facts.needed)
    if lost:
        return f"it loses `{lost[0]}`, which the tests need"
    known = set(_WORD.findall(before))
    made_up = sorted(set(_WORD.findall(in_code(text))) - known)
    if made_up:
        return f"it makes up `{made_up[0]}`"
    kept = set(_WORD.findall(text))
    dropped = sorted(set(_WORD.findall(in_code(before))) - kept)
    return f"it loses `{dropped[0]}`" if dropped else None


def _plain(answer: str) -> str:
    text = answer.strip().replace("\r\n", "\n")
    fenced = _FENCE.match(text)
    return (fenced.group(1) if fenced else text).strip() + "\n"


def _answer(text: str, endpoint: Endpoint, sleep: Callable[[float], None]) -> str:
    """Ask until there is an answer; what cannot get better is not asked again."""
    why = "it was not asked"
    for attempt in range(endpoint.attempts):
        if attempt:
            sleep(endpoint.pause * 2 ** (attempt - 1))
        try:
            status, body = _post(text, endpoint)
        except requests.RequestException as error:
            why = f"the endpoint does not answer ({type(error).__name__})"
            continue
        if status == requests.codes.ok:
            return _content(body)
        why = f"the endpoint answers with status {status}"
        if status < 500 and status not in {requests.codes.too_many_requests, requests.codes.request_timeout}:
            break
    raise _UnansweredError(why)


def _post(text: str, endpoint: Endpoint) -> tuple[int, bytes]:
    body = {
        "model": endpoint.model,
        "temperature": 0,
        "messages": [{"role": "system", "content": _ROLE}, {"role": "user", "content": text}],
    }
    until = time.monotonic() + endpoint.timeout
    with requests.post(
        endpoint.address,
        json=body,
        auth=_Bearer(endpoint.key),
        timeout=endpoint.timeout,
        stream=True,
        allow_redirects=False,  # the key is meant for this address
    ) as response:
        data = b""
        for part in response.iter_content(65536):
            data += part
            if time.monotonic() > until:
                raise requests.Timeout
            if len(data) > MOST_BYTES:
                raise _UnansweredError("the endpoint's answer is too long")
        return response.status_code, data


class _Bearer(requests.auth.AuthBase):
    """Sends the key; without one, nothing that lies in a `.netrc` either."""

    def __init__(self, key: str | None) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _content(body: bytes) -> str:
    try:
        answer: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise _UnansweredError("the endpoint's answer is not JSON") from None
    match answer:
        case {"choices": [{"message": {"content": str(content)}}, *_]}:
            return content.encode("utf-8", "replace").decode()
        case _:
            raise _UnansweredError("the endpoint's answer has no `choices[0].message.content`")
