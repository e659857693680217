"""What gives a task away, file by file."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile

import pytest

from rpsdg.corpora.audit.hunting import holds_in_base, hunt
from rpsdg.corpora.audit.needles import Needles
from rpsdg.corpora.audit.repositories import hunt_repositories
from rpsdg.corpora.exports.harbor.repository import archive, fresh_repository
from rpsdg.sandbox.tree import Entry, Tree

WRONG = (
    b"def total(prices):\n    result = 0\n    for price in prices:\n        result -= price\n    return 0\n"
)
RIGHT = WRONG.replace(b"result -= price", b"result += price.amount")
BUGGY = Tree(
    {"src/shop/__init__.py": Entry(b""), "src/shop/till.py": Entry(WRONG), "README.md": Entry(b"A shop.\n")}
)
FIXED = BUGGY.replace("src/shop/till.py", RIGHT)
NEEDLES = Needles(BUGGY, FIXED)
SITE = "/opt/rpsdg/env/lib/python3.11/site-packages/"


def _zip(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, data)
    return buffer.getvalue()


def _tar(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as made:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        made.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


RECORD = (
    b"shop/till.py,sha256=" + base64.urlsafe_b64encode(hashlib.sha256(RIGHT).digest()).rstrip(b"=") + b",1\n"
)


@pytest.mark.parametrize(
    ("path", "data", "kind"),
    [
        (SITE + "shop/till.py", RIGHT, "copy"),
        (SITE + "shop/till.py", b"another version\n", "copy"),
        ("/tmp/x", RIGHT, "copy"),
        ("/tmp/x", RIGHT.replace(b"    ", b"\t"), "copy"),
        ("/opt/dist/shop-1.whl", _zip("shop/till.py", RIGHT), "copy"),
        ("/opt/dist/shop-1.tar.gz", _tar("shop-1/src/shop/till.py", RIGHT), "copy"),
        ("/root/.cache/pip/http/a", b"...", "cache"),
        ("/testbed/src/shop/__pycache__/till.cpython-311.pyc", b"...", "byte-code"),
        (SITE + "other.pyc", b".../src/shop/till.py...", "byte-code"),
        ("/testbed/src/shop/till.py~", b"x", "leftover"),
        ("/testbed/src/shop/.till.py.swp", b"\0\0 result += price.amount\0", "quote"),
        ("/testbed/notes", b"x", "leftover"),
        ("/testbed/README.md", b"Mind: `result += price.amount`", "quote"),
        ("/solution/fix.patch", b"+        result += price.amount\n", "image"),
        (SITE + "shop-1.dist-info/RECORD", RECORD, "digest"),
        ("/root/.bash_history", b"vi", "leftover"),
    ],
)
def test_leaks(path: str, data: bytes, kind: str) -> None:
    assert kind in {finding.kind for finding in hunt(path, data, NEEDLES)}


@pytest.mark.parametrize(
    ("path", "data", "foreign"),
    [
        ("/testbed/src/shop/till.py", WRONG, False),
        ("/testbed/README.md", b"A shop.\n", False),
        (SITE + "other/module.py", b"for one in some:\n    result += price.amount\n", False),
        ("/usr/lib/python3/json~", b"x", True),
        ("/usr/share/doc/x.txt", b"result += price.amount", True),
        ("/opt/broken.whl", b"PK\x03\x04 broken", False),
        ("/opt/broken.tar.gz", b"\x1f\x8b broken", False),
    ],
)
def test_no_leaks(path: str, data: bytes, foreign: bool) -> None:
    assert [one for one in hunt(path, data, NEEDLES) if not foreign or holds_in_base(one)] == []


def test_a_fresh_repository_is_clean_and_others_are_not() -> None:
    fresh = {f"/testbed/{path}": data for path, data in fresh_repository(BUGGY).items()}
    assert list(hunt_repositories(fresh, NEEDLES)) == []
    right = {f"/testbed/{path}": data for path, data in fresh_repository(FIXED).items()}
    head = "/testbed/.git/refs/heads/main"
    for others, said in (
        ({**right, **fresh}, {"is a file of the right program", "a history of 2", "no branch leads to"}),
        ({**fresh, "/testbed/.git/config": b'[remote "origin"]\n'}, {"a remote"}),
        ({**fresh, "/testbed/.git/logs/HEAD": b"x"}, {"was there before"}),
        ({**fresh, "/testbed/.git/refs/stash": fresh[head]}, {"another branch"}),
        ({**fresh, "/testbed/.git/objects/pack/pack-1.pack": b"PACK"}, {"packed"}),
        ({**fresh, "/opt/x/.git/HEAD": b"ref: refs/heads/main\n"}, {"a second repository"}),
    ):
        told = " ".join(finding.what for finding in hunt_repositories(others, NEEDLES))
        assert all(part in told for part in said), told


def test_archives_are_the_same_every_time() -> None:
    files = {**BUGGY.entries, **{path: Entry(data) for path, data in fresh_repository(BUGGY).items()}}
    assert archive(files) == archive(dict(reversed(files.items())))
