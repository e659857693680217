"""Conformance checks about a session's work space: what is put in, what is got out, what is left behind."""

from __future__ import annotations

import secrets

from .checks_common import TINY, UnmetError, admitted, expect, run_python, told, tree_of
from .contract import HOME, PREFIX, TESTBED, Limits, Place, Sandbox, SandboxBrokeError
from .tree import Entry, Tree

__all__ = ["SESSION_CHECKS"]

_ODD = Tree.from_entries(
    {
        "plain.txt": Entry(b"text\n"),
        "empty": Entry(b""),
        "bytes.bin": Entry(bytes(range(256)) * 300),
        "run.sh": Entry(b"#!/bin/sh\necho ran\n", "exec"),
        "a folder/a name with spaces.py": Entry(b"pass\n"),
        "gr\u00fc\u00dfe/\u4f60\u597d.txt": Entry("gr\u00fc\u00dfe".encode()),
        "new\nline": Entry(b"two"),
        "quote'\"\\.txt": Entry(b"x"),
        "-rf": Entry(b"x"),
        b"latin-\xe9".decode("utf-8", "surrogateescape"): Entry(b"not UTF-8"),
        "deep/" + "d/" * 60 + "leaf": Entry(b"x"),
        "n" * 200: Entry(b"long name"),
        "links/up": Entry(b"../plain.txt", "link"),
        "links/folder": Entry(b"../a folder", "link"),
        "links/nowhere": Entry(b"missing", "link"),
    }
)


def check_tree_arrives(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A tree lies on the disk as it was loaded: links, executable bits and odd names included."""
    with sandbox.open(place, limits) as session:
        session.load(_ODD)
        expect(session.digest() == _ODD.digest, "the digest on the disk is not the tree's")
        for path, entry in _ODD.items():
            if entry.kind != "link":
                expect(session.fetch(path) == entry.data, f"`{path!r}` holds something else")
        seen = told(
            session,
            "import json, os; from pathlib import Path\n"
            "print(json.dumps([Path('links/up').read_text(), os.readlink('links/folder'), "
            "os.access('run.sh', os.X_OK), os.access('plain.txt', os.X_OK), os.path.isfile('new\\nline')]))",
        )
        expect(seen == ["text\n", "../a folder", True, False, True], f"commands see {seen}")
        expect(session.execute(["./run.sh"], timeout=20).output == "ran\n", "an executable file does not run")


def check_digest_sees_changes(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """The digest follows the disk: another byte, mode or kind shows, a missing file too, and its repair."""
    damages = {
        "another byte": "open('plain.txt', 'w').write('texT\\n')",
        "another mode": "os.chmod('plain.txt', 0o755)",
        "a missing file": "os.unlink('plain.txt')",
        "a link in its place": "os.unlink('plain.txt'); os.symlink('empty', 'plain.txt')",
        "a folder in its place": "os.unlink('plain.txt'); os.mkdir('plain.txt')",
        "a pipe in its place": "os.unlink('plain.txt'); os.mkfifo('plain.txt')",
    }
    with sandbox.open(place, limits) as session:
        session.load(_ODD)
        for damage, code in damages.items():
            told(session, f"import os; {code}; print(0)")
            expect(session.digest() != _ODD.digest, f"{damage} does not show in the digest")
            if "folder" in damage:
                told(session, "import os; os.rmdir('plain.txt'); print(0)")
            session.write("plain.txt", b"text\n", 0o644)
            expect(session.digest() == _ODD.digest, f"{damage} cannot be repaired")


def check_write_and_fetch(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Files are written and fetched; a written file keeps its mode; what cannot be fetched is refused."""
    with sandbox.open(place, limits) as session:
        session.load(_ODD)
        session.write("run.sh", b"#!/bin/sh\necho other\n")
        expect(session.execute(["./run.sh"], timeout=20).output == "other\n", "writing lost the mode")
        session.write("plain.txt", b"other\n")
        expected = _ODD.replace("plain.txt", b"other\n").replace("run.sh", b"#!/bin/sh\necho other\n")
        expect(session.digest() == expected.digest, "written files are not what the digest sees")
        session.write(f"{session.home}/deep/er/file", b"home")
        expect(session.fetch(f"{session.home}/deep/er/file") == b"home", "a file of the home folder is lost")
        # A test may have put a link to somewhere else where a file of the tree is to be restored.
        told(session, "import os; os.unlink('plain.txt'); os.symlink('empty', 'plain.txt'); print(0)")
        session.write("plain.txt", b"mine")
        expect(session.fetch("empty") == b"", "a file was written through a link")
        told(session, "import os; os.mkfifo('pipe'); print(0)")
        for path, limit in (("missing", 100), ("bytes.bin", 100), ("pipe", 100), ("links", 100)):
            try:
                session.fetch(path, limit)
            except SandboxBrokeError:
                continue
            raise UnmetError(f"fetching `{path}` was not refused")
        expect(session.fetch("bytes.bin") == _ODD["bytes.bin"].data, "a refusal broke the session")


def check_sessions_are_fresh(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """Nothing that one session writes is there in the next: not in the tree, home, or temporary folder."""
    token = secrets.token_hex(8)
    folders = (
        "import json, os, sys, tempfile\n"
        "folders = [os.getcwd(), os.environ['HOME'], tempfile.gettempdir()]\n"
        "folders += ['/dev/shm', '/var/tmp', sys.prefix]\n"
    )
    leave = folders + (
        "left = []\n"
        "for folder in folders[:int(sys.argv[2])]:\n"
        "    try: open(folder + '/' + sys.argv[1], 'w').close(); left.append(folder)\n"
        "    except OSError: pass\n"
        "print(json.dumps(left))"
    )
    look = folders + "print(json.dumps([f for f in folders if os.path.lexists(f + '/' + sys.argv[1])]))"
    caveat = admitted(sandbox, "write wherever")
    with sandbox.open(place, limits) as session:
        left = told(session, leave, token, "3" if caveat else "6")
        expect(len(left) >= 3, f"only {left} can be written")
        expect(caveat or session.prefix + "/env" not in left, "the environment can be written")
        with sandbox.open(place, limits) as beside:
            expect(told(beside, look, token) == [], "a session sees another's files while both are open")
    with sandbox.open(place, limits) as session:
        expect(told(session, look, token) == [], "a session sees the files of an earlier one")
    return caveat


def check_output_and_status(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A command's output, exit status, signal, variables and folder are what they should be."""
    with sandbox.open(place, limits) as session:
        session.load(_ODD)
        done = session.execute(["sh", "-c", "echo out; echo err >&2; exit 3"], timeout=20)
        expect((done.returncode, done.output, done.stopped) == (3, "out\nerr\n", None), f"got {done}")
        done = session.execute(["sh", "-c", "kill -TERM $$"], timeout=20)
        expect(done.returncode == -15 and done.stopped is None, f"a signal shows as {done}")
        done = session.execute(["no-such-command"], timeout=20)
        expect(done.returncode == 127 and done.stopped is None, f"a missing command shows as {done}")
        done = session.execute(
            ["sh", "-c", "cat; pwd; echo $X"], timeout=20, env={"X": "y z"}, cwd=session.home
        )
        expect(done.output == f"{HOME}\ny z\n", f"input, folder and variables show as {done.output!r}")
        done = run_python(session, "import os; os.write(1, b'a\\xffb\\x00c')")
        expect(done.output == "a\ufffdb\x00c", f"bytes that are no text show as {done.output!r}")


def check_paths_read_the_same(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Output names the tree, the environment, the home and the temporary folder as in every sandbox."""
    with sandbox.open(place, limits) as session:
        done = run_python(
            session,
            "import os, sys, tempfile\n"
            "for p in (os.getcwd(), sys.prefix, os.environ['HOME'], tempfile.gettempdir()):\n"
            "    print(p, os.path.realpath(p))",
        )
        places = [TESTBED, f"{PREFIX}/env", HOME, "/tmp"]
        expect(done.output == "".join(f"{p} {p}\n" for p in places), f"it reads {done.output!r}")


def check_interpreter(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """The environment has the very interpreter that the sandbox says it has."""
    with sandbox.open(place, limits) as session:
        version = told(session, "import json, platform; print(json.dumps(platform.python_version()))")
        says = {version, sandbox.python(), place.python, session.python}
        expect(len(says) == 1, f"different versions of Python: {sorted(says)}")


def check_project_is_the_tree(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """The tests import the tree they were given, and without a tree there is nothing to import."""
    with sandbox.open(place, limits) as session:
        done = run_python(session, "import answers")
        expect("ModuleNotFoundError" in done.output, "a copy of the project is installed in the environment")
        session.load(TINY.replace("answers/__init__.py", b"ANSWER = 41\n"))
        report = session.test(["-q"], timeout=60)
        expect(report.with_outcome("failed") == ["test_answers.py::test_answer"], f"got {report.outcomes}")
        session.write("answers/__init__.py", b"ANSWER = 42\n")
        report = session.test(["-q"], timeout=60)
        expect(report.complete and report.with_outcome("passed"), "a fix of the same size is not seen")


def check_build_keeps_only_the_prefix(sandbox: Sandbox, _place: Place, _limits: Limits) -> str | None:
    """Outside the environment's folder a build can write nothing that would be kept."""
    caveat = admitted(sandbox, "write wherever")
    if caveat:
        return caveat
    code = (
        "import json, os\n"
        "found = []\n"
        "for line in open('/proc/self/mounts'):\n"
        "    mount, kind, options = line.split()[1:4]\n"
        "    if 'ro' in options.split(',') or mount.startswith(('/proc', '/sys', '/dev')): continue\n"
        "    device = os.stat(mount).st_dev\n"
        "    for folder, below, files in os.walk(mount):\n"
        "        if os.stat(folder).st_dev != device: below.clear(); continue\n"
        "        if os.access(folder, os.W_OK): found.append(folder); below.clear()\n"
        "print(json.dumps(sorted(found)))"
    )
    with sandbox.build(None) as session:
        done = session.execute([session.executable, "-I", "-c", code], timeout=60)
        expect(done.returncode == 0, f"looking failed: {done.output}")
        expected = '["/opt/rpsdg", "/run/rpsdg", "/testbed", "/tmp"]\n'
        expect(done.output == expected, f"a build can write {done.output}")
    return None


def check_an_environment_is_kept_until_it_is_removed(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """What a build leaves is listed with its size, opens, and is gone once it is removed."""
    key = secrets.token_hex(32)
    with sandbox.build(key) as session:
        session.write(f"{session.prefix}/kept", secrets.token_bytes(500_000))
    try:
        found = sandbox.find(key)
        expect(found is not None, "what was built is not found")
        expect(any(key.startswith(name) for name in sandbox.kept()), "what was built is not listed")
        expect(500_000 <= sandbox.size(key) < 2_000_000, f"500,000 bytes count as {sandbox.size(key)}")
        if found is not None:
            with sandbox.open(found, limits) as session:
                expect(len(session.fetch(f"{session.prefix}/kept")) == 500_000, "it was not kept whole")
    finally:
        sandbox.remove(key)
    expect(sandbox.find(key) is None, "what was removed is still found")
    expect(not any(key.startswith(name) for name in sandbox.kept()), "what was removed is still listed")
    expect(sandbox.size(key) == 0, "what was removed still has a size")
    sandbox.remove(key)  # a second time is no error
    with sandbox.open(place, limits):
        pass  # the others are still there


def check_large_trees_and_files(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Many files and large answers pass; the session answers in order afterwards."""
    many = tree_of({f"f{i // 100}/{i}.txt": str(i) * 20 for i in range(2000)})
    with sandbox.open(place, limits) as session:
        session.load(many)
        expect(session.digest() == many.digest, "two thousand files are not what was loaded")
        large = bytes(range(256)) * 40_000
        session.write("large.bin", large)
        expect(session.fetch("large.bin") == large, "ten megabytes do not come back")
        expect(
            session.execute(["echo", "still"], timeout=20).output == "still\n", "the session is out of step"
        )


SESSION_CHECKS = [
    check_tree_arrives,
    check_digest_sees_changes,
    check_write_and_fetch,
    check_sessions_are_fresh,
    check_output_and_status,
    check_paths_read_the_same,
    check_interpreter,
    check_project_is_the_tree,
    check_build_keeps_only_the_prefix,
    check_an_environment_is_kept_until_it_is_removed,
    check_large_trees_and_files,
]
