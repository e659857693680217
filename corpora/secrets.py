"""A look for secrets before anything leaves: tokens and keys by their known shapes.

Only shapes that their issuers documented are looked for. Guessing by entropy, as general scanners do,
finds mostly digests here: every trace has some. A hit says which trace, which field and what
kind; the secret itself is never repeated. The untouched trees are looked at, too, before they leave; but for
those of releases on an index, which are what their authors published.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import pyarrow as pa

from rpsdg.traces.errors import ExitCode, RpsdgError, UsageError

from .dataset import Dataset

__all__ = ["KINDS", "Hit", "SecretError", "Secrets", "hits_in", "scan", "scan_trees", "withheld"]


@dataclass(frozen=True)
class Secrets:
    """What is done with traces in which something looks like a secret: by default nothing is made at all."""

    allow: bool = False
    drop: bool = False

    def __post_init__(self) -> None:
        """Refuse both."""
        if self.allow and self.drop:
            raise UsageError("either --allow-secrets or --drop-secrets was expected, not both")


class SecretError(RpsdgError):
    """Something looks like a secret and must not leave."""

    code = ExitCode.DATA


class Hit(NamedTuple):
    """Something that looks like a secret."""

    trace: str
    field: str
    """Such as `steps.actions.observation`."""
    kind: str


class _Shape(NamedTuple):
    """How something begins, in one of several ways, and how it goes on from there."""

    begins: tuple[str, ...]
    goes_on: str


_PLACEHOLDER = (
    r"(?:\*+|\.+|x+|pass\w*|pwd|pw|secret|test\w*|foo|bar|baz|user\w*|token|hunter2|[0-9]{1,5}|\w{1,4})@"
)
_NOWHERE = (
    r"(?:(?:[\w\-]+\.)*(?:example(?:\.\w+)?|test|invalid|localhost|local|host\w*|proxy|server|domain\.\w+)\b"
    r"|127\.)"
)
KINDS: dict[str, _Shape] = {
    "private key": _Shape(("-----BEGIN ",), r"(?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    "AWS access key": _Shape(("AKIA", "ASIA"), r"[0-9A-Z]{16}\b"),
    "GitHub token": _Shape(("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"[0-9A-Za-z]{36}"),
    "GitHub fine-grained token": _Shape(("github_pat_",), r"[0-9A-Za-z_]{60,}"),
    "GitLab token": _Shape(("glpat-",), r"[0-9A-Za-z_\-]{20,}"),
    "Slack token": _Shape(("xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-"), r"[0-9]+-[0-9A-Za-z\-]{10,}"),
    "Slack webhook": _Shape(("hooks.slack.com/services/T",), r"[0-9A-Z]{8,}/B[0-9A-Z]{8,}/[0-9A-Za-z]{20,}"),
    "Google API key": _Shape(("AIza",), r"[0-9A-Za-z_\-]{35}"),
    "Google OAuth secret": _Shape(("GOCSPX-",), r"[0-9A-Za-z_\-]{28}"),
    "OpenAI key": _Shape(("sk-",), r"[0-9A-Za-z_\-]{20,}T3BlbkFJ[0-9A-Za-z_\-]{20,}"),
    "Anthropic key": _Shape(("sk-ant-",), r"[a-z0-9]+-[0-9A-Za-z_\-]{60,}"),
    "Hugging Face token": _Shape(("hf_",), r"[A-Za-z]{34}\b"),
    "npm token": _Shape(("npm_",), r"[0-9A-Za-z]{36}\b"),
    "PyPI token": _Shape(("pypi-AgEIcHlwaS5vcmc",), r"[0-9A-Za-z_\-]{40,}"),
    "Stripe key": _Shape(("sk_live_", "rk_live_"), r"[0-9A-Za-z]{20,}"),
    "SendGrid key": _Shape(("SG.",), r"[0-9A-Za-z_\-]{22}\.[0-9A-Za-z_\-]{43}"),
    "Databricks token": _Shape(("dapi",), r"[0-9a-f]{32}\b"),
    "DigitalOcean token": _Shape(("dop_v1_", "doo_v1_", "dor_v1_"), r"[0-9a-f]{64}\b"),
    "Azure storage key": _Shape(("AccountKey=",), r"[0-9A-Za-z+/]{86}=="),
    "JSON web token": _Shape(("eyJ",), r"[0-9A-Za-z_\-]{10,}\.eyJ[0-9A-Za-z_\-]{10,}\.[0-9A-Za-z_\-]{20,}"),
    "password in a URL": _Shape(
        ("://",),
        rf"[^\s/:@'\"<>{{}}$\\]{{1,64}}:(?!{_PLACEHOLDER})[^\s/:@'\"<>{{}}$\\]{{8,128}}@(?!{_NOWHERE})",
    ),
}
"""What is looked for. What stands in examples, such as `user:password@`, is no password in a URL."""

_BEGINNINGS = tuple(
    (kind, begin.encode(), re.compile(shape.goes_on.encode()))
    for kind, shape in KINDS.items()
    for begin in shape.begins
)


class _State(msgspec.Struct):
    tree: str | None = None


class _Source(msgspec.Struct):
    kind: str | None = None
    url: str | None = None

    @property
    def is_public_release(self) -> bool:
        return self.kind == "pypi" and self.url is not None


_STATE, _SOURCE = msgspec.json.Decoder(_State), msgspec.json.Decoder(_Source)
_WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")


def scan(data: Dataset) -> Iterator[Hit]:
    """Yield what looks like a secret in the traces of a data set.

    Raises:
        DatasetError: the data set is damaged.
    """
    for batch in data.batches():
        yield from hits_in(batch)


def scan_trees(data: Dataset) -> Iterator[Hit]:
    """Yield what looks like a secret in the trees that traces start from, once for each of their traces.

    Raises:
        DatasetError: the data set is damaged.
    """
    traces: defaultdict[str, list[str]] = defaultdict(list)
    for batch in data.batches(["id", "domain", "problem.state", "provenance.source"]):
        columns = (
            batch.column("id").to_pylist(),
            batch.column("domain").to_pylist(),
            batch.column("problem").field("state").to_pylist(),
            batch.column("provenance").field("source").to_pylist(),
        )
        for trace, domain, state, source in zip(*columns, strict=True):
            tree = _STATE.decode(state).tree if domain.startswith("code/") else None
            if tree is not None and not _SOURCE.decode(source).is_public_release:
                traces[tree].append(trace)
    for digest, owners in traces.items():
        if not data.has_tree(digest):
            continue  # then it does not leave either
        for path, entry in data.tree(digest).items():
            kinds = dict.fromkeys(kind for _, kind in _found(entry.data, lambda _: None))
            yield from (Hit(owner, f"file {path}", kind) for kind in kinds for owner in owners)


def withheld(data: Dataset, secrets: Secrets) -> frozenset[str]:
    """Look for secrets before a data set is handed on, and return the ids of the traces to leave out.

    Args:
        data: what is to be handed on.
        secrets: what is done about them.

    Raises:
        SecretError: there are some, and they are neither allowed nor dropped; names the first ones.
    """
    if secrets.allow:
        return frozenset()
    hits = [*scan(data), *scan_trees(data)]
    if hits and not secrets.drop:
        raise refusal(hits)
    return frozenset(hit.trace for hit in hits)


def refusal(hits: list[Hit]) -> SecretError:
    """Return what to say of secrets that were found, without repeating any."""
    shown = "; ".join(f"trace {hit.trace[:12]}, {hit.field}: {hit.kind}" for hit in hits[:5])
    more = f"; and {len(hits) - 5} more" if len(hits) > 5 else ""
    return SecretError(
        f"{len(hits)} places look like secrets: {shown}{more}",
        hint="Leave those traces out with `--drop-secrets`; if they are harmless, say `--allow-secrets`.",
    )


def hits_in(batch: pa.RecordBatch) -> Iterator[Hit]:
    """Yield what looks like a secret in some rows."""
    ids = batch.column("id").to_pylist()
    for name in batch.schema.names:
        for field, owners, texts in _texts(name, batch.column(name), list(range(len(ids)))):
            for place, kind in _matches(texts):
                yield Hit(ids[owners[place]], field, kind)


def _texts(field: str, array: pa.Array, owners: list[int]) -> Iterator[tuple[str, list[int], pa.Array]]:
    """Yield the texts below a column, each with the rows that they belong to."""
    kind = array.type
    if pa.types.is_struct(kind):
        for number, child in enumerate(kind):
            yield from _texts(f"{field}.{child.name}", array.field(number), owners)
    elif pa.types.is_list(kind):
        offsets = array.offsets.to_pylist()
        inner = [
            owner
            for owner, start, end in zip(owners, offsets, offsets[1:], strict=False)
            for _ in range(end - start)
        ]
        yield from _texts(field, array.values.slice(offsets[0], offsets[-1] - offsets[0]), inner)
    elif pa.types.is_string(kind) and len(array):
        yield field, owners, array


def _matches(array: pa.Array) -> Iterator[tuple[int, str]]:
    """Yield the place of each text with a hit, and its kind, looking at all of them at once."""
    _, offsets, data = array.buffers()
    if data is None:
        return
    places = memoryview(offsets).cast("i")[array.offset : array.offset + len(array) + 1].tolist()
    whole = data.slice(places[0], places[-1] - places[0]).to_pybytes()

    def end_of_text(at: int) -> int:  # the next text has nothing to do with this one
        return int(places[bisect_right(places, at + places[0])]) - places[0]

    for at, kind in _found(whole, end_of_text):
        yield bisect_right(places, at + places[0]) - 1, kind


def _found(whole: bytes, end_of: Callable[[int], int | None]) -> Iterator[tuple[int, str]]:
    """Yield where something begins that looks like a secret, and its kind.

    Args:
        whole: in which it is looked for.
        end_of: tells where what begins at a place has to end; None for anywhere.
    """
    for kind, begin, goes_on in _BEGINNINGS:
        at = whole.find(begin)
        while at >= 0:
            end = end_of(at)
            is_apart = begin == b"://" or at == 0 or whole[at - 1] not in _WORD
            if is_apart and goes_on.match(whole, at + len(begin), len(whole) if end is None else end):
                yield at, kind
            at = whole.find(begin, at + len(begin))
