from __future__ import annotations

import bz2
import gzip
import io
import stat
import struct
import tarfile
import time
import tracemalloc
import warnings
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpsdg.corpora import SourceError
from rpsdg.corpora.archive import read_archive
from rpsdg.sandbox.tree import Entry, Tree, UnsafeTreeError
from rpsdg.traces.errors import RpsdgError

names = st.from_regex(r"[a-z0-9_ é-ö]{1,6}", fullmatch=True).filter(lambda name: name.strip() == name)
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
entries = st.builds(Entry, st.binary(max_size=40), st.sampled_from(["file", "exec"]))


def is_sound(files: dict[str, Entry]) -> bool:
    return not any(other.startswith(f"{path}/") for path in files for other in files)


trees = st.dictionaries(paths, entries, min_size=1, max_size=6).filter(is_sound)


def tar_of(*members: tuple[tarfile.TarInfo | str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member, data in members:
            info = tarfile.TarInfo(member) if isinstance(member, str) else member
            if info.isreg():
                info.size = len(data)
            tar.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return buffer.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_of(*members: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")  # the doubled name is what a test is about
        for member, data in members:
            archive.writestr(member, data)
    return buffer.getvalue()


def unix(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


@settings(max_examples=40, deadline=None)
@given(trees)
def test_tar_and_zip_of_a_tree_read_back_as_that_tree(files: dict[str, Entry]) -> None:
    members, zipped = [], []
    for path, entry in files.items():
        info = tarfile.TarInfo(f"pkg-1.0/{path}")
        info.mode = 0o755 if entry.kind == "exec" else 0o644
        members.append((info, entry.data))
        zipped.append((unix(f"pkg-1.0/{path}", stat.S_IFREG | info.mode), entry.data))
    expected = Tree.from_entries(files)
    tar = tar_of(*members)
    assert read_archive("pkg-1.0.tar.gz", gzip.compress(tar)) == expected
    assert read_archive("pkg-1.0.tar.bz2", bz2.compress(tar)) == expected
    assert read_archive("pkg-1.0.zip", zip_of(*zipped)) == expected


def test_links_inside_are_kept_and_hard_links_become_files() -> None:
    tar = tar_of(
        (special("./p", tarfile.DIRTYPE), b""),
        ("./p/a/x.py", b"x"),
        (special("p/b", tarfile.SYMTYPE, "a/../a"), b""),
        (special("p/c", tarfile.LNKTYPE, "p/a/x.py"), b""),
    )
    tree = read_archive("p.tar.gz", gzip.compress(tar))
    assert tree == Tree({"a/x.py": Entry(b"x"), "b": Entry(b"a/../a", "link"), "c": Entry(b"x")})
    zipped = zip_of(("p/a/", b""), ("p/a/x.py", b"x"), (unix("p/b", stat.S_IFLNK | 0o777), b"a/x.py"))
    assert read_archive("p.zip", zipped) == Tree({"a/x.py": Entry(b"x"), "b": Entry(b"a/x.py", "link")})


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["a/x", "a/b/y"], ["x", "b/y"]),
        (["a/x", "b/y"], ["a/x", "b/y"]),
        (["x"], ["x"]),
        (["a/x", "y"], ["a/x", "y"]),
    ],
)
def test_only_a_single_top_folder_is_stripped(files: list[str], expected: list[str]) -> None:
    tree = read_archive("p.tar.gz", gzip.compress(tar_of(*((name, b"") for name in files))))
    assert sorted(tree) == sorted(expected)


HOSTILE_TARS = {
    "absolute": ("/etc/x", tar_of(("/etc/x", b""))),
    "dots": ("p/../../x", tar_of(("p/../../x", b""))),
    "inner dots": ("p/a/../x", tar_of(("p/a/../x", b""))),
    "folder dots": ("p/..", tar_of((special("p/..", tarfile.DIRTYPE), b""))),
    "drive": ("C:/x", tar_of(("C:/x", b""))),
    "link out": ("../../x", tar_of(("p/x", b""), (special("p/l", tarfile.SYMTYPE, "../../x"), b""))),
    "link to the top's sibling": (
        "../q",
        tar_of(("p/x", b""), (special("p/l", tarfile.SYMTYPE, "../q"), b"")),
    ),
    "link absolute": ("/etc/passwd", tar_of((special("p/l", tarfile.SYMTYPE, "/etc/passwd"), b""))),
    "through a link": ("l/x", tar_of((special("p/l", tarfile.SYMTYPE, "."), b""), ("p/l/x", b""))),
    "hard link out": ("../x", tar_of((special("p/h", tarfile.LNKTYPE, "../x"), b""))),
    "hard link absolute": ("/etc/passwd", tar_of((special("p/h", tarfile.LNKTYPE, "/etc/passwd"), b""))),
    "hard link to nothing": ("p/none", tar_of((special("p/h", tarfile.LNKTYPE, "p/none"), b""))),
    "pipe": ("p/f", tar_of((special("p/f", tarfile.FIFOTYPE), b""))),
    "character device": ("p/c", tar_of((special("p/c", tarfile.CHRTYPE), b""))),
    "block device": ("p/b", tar_of((special("p/b", tarfile.BLKTYPE), b""))),
    "unknown kind": ("p/z", tar_of((special("p/z", b"Z"), b""))),
    "twice": ("p/x", tar_of(("p/x", b"1"), ("p/x", b"2"))),
    "twice by another name": ("p/./x", tar_of(("p/x", b"1"), ("p/./x", b"2"))),
    "file and folder": ("x/y", tar_of(("p/x", b"1"), ("p/x/y", b"2"))),
}


@pytest.mark.parametrize("case", HOSTILE_TARS)
def test_a_hostile_tar_is_refused_with_its_member_named(case: str) -> None:
    member, tar = HOSTILE_TARS[case]
    with pytest.raises(UnsafeTreeError) as caught:
        read_archive("p-1.0.tar.gz", gzip.compress(tar))
    assert member in str(caught.value)


def encrypted(data: bytes) -> bytes:
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + struct.pack("<H", 1) + data[at + 2 :]


HOSTILE_ZIPS = {
    "absolute": ("/x", zip_of(("/x", b""))),
    "dots": ("p/../../x", zip_of(("p/../../x", b""))),
    "drive": ("C:\\x", zip_of(("C:\\x", b""))),
    "link out": ("../x", zip_of(("p/y", b""), (unix("p/l", stat.S_IFLNK | 0o777), b"../x"))),
    "long link": ("p/l", zip_of((unix("p/l", stat.S_IFLNK | 0o777), b"x" * 5000))),
    "device": ("p/c", zip_of((unix("p/c", stat.S_IFCHR | 0o600), b""))),
    "pipe": ("p/f", zip_of((unix("p/f", stat.S_IFIFO | 0o600), b""))),
    "socket": ("p/s", zip_of((unix("p/s", stat.S_IFSOCK | 0o600), b""))),
    "twice": ("p/x", zip_of(("p/x", b"1"), ("p/x", b"2"))),
    "encrypted": ("p/x", encrypted(zip_of(("p/x", b"1")))),
    "odd compression": ("p/x", zip_of(("p/x", b"1"), method=zipfile.ZIP_LZMA)),
}


@pytest.mark.parametrize("case", HOSTILE_ZIPS)
def test_a_hostile_zip_is_refused_with_its_member_named(case: str) -> None:
    member, data = HOSTILE_ZIPS[case]
    with pytest.raises(UnsafeTreeError) as caught:
        read_archive("p-1.0.zip", data)
    assert member in str(caught.value)


def test_a_sparse_file_is_refused() -> None:
    # GNU's old form: 512 bytes of data on the disk, a file of eight exabytes in the header.
    info = tarfile.TarInfo("p/s")
    info.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[386:398], header[398:410] = b"00000000000\0", b"00000000000\0"
    header[483:495] = b"\x80" + (8 * 10**18).to_bytes(11, "big")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    with pytest.raises(UnsafeTreeError, match="p/s"):
        read_archive("p.tar.gz", gzip.compress(bytes(header) + bytes(1024)))


@pytest.mark.parametrize("suffix", [".tar.gz", ".zip"])
def test_more_members_than_allowed_are_refused(suffix: str) -> None:
    members = [(f"p/{number}", b"") for number in range(20)]
    data = gzip.compress(tar_of(*members)) if suffix == ".tar.gz" else zip_of(*members)
    assert len(read_archive(f"p{suffix}", data, max_files=20)) == 20
    with pytest.raises(UnsafeTreeError, match="19 members"):
        read_archive(f"p{suffix}", data, max_files=19)


def test_folders_count_as_members() -> None:
    tar = tar_of(*((special(f"p/{number}", tarfile.DIRTYPE), b"") for number in range(20)))
    with pytest.raises(UnsafeTreeError, match="p/10"):
        read_archive("p.tar.gz", gzip.compress(tar), max_files=10)


@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.bz2", ".zip"])
def test_a_bomb_is_stopped_while_it_unfolds(suffix: str) -> None:
    bomb = ("p/bomb", bytes(64 * 1024 * 1024))
    data = {
        ".tar.gz": lambda: gzip.compress(tar_of(bomb), 1),
        ".tar.bz2": lambda: bz2.compress(tar_of(bomb), 1),
        ".zip": lambda: zip_of(bomb),
    }[suffix]()
    assert len(data) < 1024 * 1024
    tracemalloc.start()
    with pytest.raises(UnsafeTreeError, match="bomb"):
        read_archive(f"p{suffix}", data, max_bytes=4 * 1024 * 1024)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * 1024 * 1024


def test_hard_links_cannot_multiply_bytes() -> None:
    links = [(special(f"p/{number}", tarfile.LNKTYPE, "p/x"), b"") for number in range(10)]
    tar = tar_of(("p/x", bytes(1000)), *links)
    with pytest.raises(UnsafeTreeError, match="p/4"):
        read_archive("p.tar.gz", gzip.compress(tar), max_bytes=5000)


def test_a_bomb_in_the_headers_is_stopped_too() -> None:
    info = tarfile.TarInfo("p/x")
    info.pax_headers = {"comment": "x" * 8_000_000}
    with pytest.raises(UnsafeTreeError):
        read_archive("p.tar.gz", gzip.compress(tar_of((info, b""))), max_bytes=1000, max_files=10)


def test_a_huge_zip_directory_is_refused_before_it_is_built() -> None:
    started = time.perf_counter()
    with pytest.raises(UnsafeTreeError, match="members"):
        read_archive("p.zip", b"PK\x01\x02" * 2_000_000)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("p.tar.gz", b""),
        ("p.tar.gz", b"not gzip"),
        ("p.tar.gz", gzip.compress(b"not tar" * 100)),
        ("p.tar.gz", gzip.compress(tar_of(("p/x", b"x" * 2000)))[:-20]),
        ("p.tar.gz", gzip.compress(tar_of(("p/x", b""))[:512] + b"?" * 512)),
        ("p.tar.bz2", b"no"),
        ("p.zip", b"PK\x05\x06"),
        ("p.zip", b""),
        ("p.tar.xz", b""),
        ("p.whl", b""),
    ],
    ids=range(10),  # compressed data hold the time of day
)
def test_damaged_and_foreign_archives_are_source_errors(name: str, data: bytes) -> None:
    with pytest.raises(SourceError, match=name):
        read_archive(name, data)


def test_a_wrong_checksum_inside_a_zip_is_damage() -> None:
    data = bytearray(zip_of(("p/x", b"hello"), method=zipfile.ZIP_STORED))
    data[data.index(b"hello")] ^= 1
    with pytest.raises(SourceError, match="damaged"):
        read_archive("p.zip", bytes(data))


SMALL_TAR = tar_of(("p/x", b"x" * 600), (special("p/l", tarfile.SYMTYPE, "x"), b""))
SMALL_ZIP = zip_of(("p/x", b"x" * 60), ("p/y", b"y"))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SMALL_TAR) - 1), st.integers(0, len(SMALL_ZIP) - 1), st.integers(1, 255))
def test_any_flipped_byte_gives_a_tree_or_a_named_error(in_tar: int, in_zip: int, flip: int) -> None:
    tar, zipped = bytearray(SMALL_TAR), bytearray(SMALL_ZIP)
    tar[in_tar] ^= flip
    zipped[in_zip] ^= flip
    for name, data in (("p.tar.gz", gzip.compress(bytes(tar), 0)), ("p.zip", bytes(zipped))):
        try:
            tree = read_archive(name, data)
        except RpsdgError:
            continue
        assert Tree.from_entries(tree) == tree
