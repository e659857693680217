"""Does `rpsdg audit` find every leak that is planted in a task, and none where there is none?

Run as `python -m benchmarks.audit_leaks --out FILE TASKS`, with a folder of exported Harbor tasks. Each leak
is planted in a copy of the first of them whose fix has a line of its own; exit status 1 means that one was
not found, or that something was found in a task as it is exported.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rpsdg.corpora.audit.findings import Finding
from rpsdg.corpora.audit.tasks import AuditedTask, audit_images, audit_texts, tasks_in
from rpsdg.runs.ending import ended
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode

from .figure import machine

_SETTING = """\
SITE=$(echo /opt/rpsdg/env/lib/python3*/site-packages)
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a
"""

IN_IMAGE = {
    "a history in git": (
        "git",
        "cp /plant/right $FILE; git commit -qam right; git checkout -q HEAD~1 -- $FILE; git commit -qm wrong",
    ),
    "a stray object of git": ("git", "git hash-object -w /plant/right"),
    "a packed object of git": (
        "git",
        "id=$(git hash-object -w /plant/right); echo $id | git pack-objects -q .git/objects/pack/pack; "
        "rm .git/objects/$(echo $id | cut -c1-2)/$(echo $id | cut -c3-)",
    ),
    "a remote": ("git", "git remote add origin https://example.com/program.git"),
    "a stash": ("git", "cp /plant/right $FILE; git stash -q"),
    "an installed copy": ("copy", "mkdir -p $(dirname $SITE/$MODULE); cp /plant/right $SITE/$MODULE"),
    "a wheel in pip's cache": (
        "copy",
        "mkdir -p /root/.cache/pip/wheels; cd /tmp; mkdir -p w/$(dirname $MODULE); "
        "cp /plant/right w/$MODULE; cd w; "
        "python -m zipfile -c /root/.cache/pip/wheels/program-1-py3-none-any.whl .; rm -rf /tmp/w",
    ),
    "a response in pip's cache": (
        "cache",
        "mkdir -p /root/.cache/pip/http-v2/a; echo zzz > /root/.cache/pip/http-v2/a/abc.body",
    ),
    "a release's archive": ("copy", "cd /plant; tar czf /opt/program-1.tar.gz right"),
    "byte code": (
        "byte-code",
        "mkdir -p $(dirname $FILE)/__pycache__; "
        "python -c \"import py_compile; py_compile.compile('/plant/right', dfile='$FILE', "
        "cfile='/testbed/$(dirname $FILE)/__pycache__/$(basename $FILE .py).cpython-311.pyc')\"",
    ),
    "an editor's backup": ("leftover", "cp /plant/right $FILE~"),
    "an editor's swap file": (
        "quote",
        "{ printf 'b0VIM 9.0\\0\\0\\0'; cat /plant/line; } > $(dirname $FILE)/.program.py.swp",
    ),
    "a document that quotes the line": (
        "quote",
        "cat /plant/line >> $(ls *.md *.rst *.txt PKG-INFO 2>/dev/null | head -n 1)",
    ),
    "the solution": ("image", "mkdir -p /solution; cp /plant/fix.patch /solution/"),
    "a patch elsewhere": ("quote", "cp /plant/fix.patch /opt/notes"),
    "a digest in a list of files": (
        "digest",
        "mkdir -p $SITE/x.dist-info; "
        "printf '%s,sha256=%s,1\\n' $MODULE $(cat /plant/digest) > $SITE/x.dist-info/RECORD",
    ),
    "a layer below": ("copy", "cp $FILE /tmp/kept; cp /plant/right $FILE"),
    "a time": ("time", "touch $FILE"),
}
"""What is done in an image by root, and the kind of finding that is expected.

`/plant` has the right file, its digest, the fix, and one line of it.
"""


def _statement(text: Callable[[AuditedTask], str]) -> Callable[[AuditedTask], None]:
    def plant(task: AuditedTask) -> None:
        path = task.folder / "instruction.md"
        path.write_text(f"{path.read_text()}\n{text(task)}\n")

    return plant


def _line_number(task: AuditedTask) -> str:
    needles = task.needles
    (path, *_) = needles.paths
    wrong, right = (tree[path].data.split(b"\n") for tree in (needles.buggy, needles.fixed))
    number = next(n for n, (a, b) in enumerate(zip(wrong, right, strict=False), 1) if a != b)
    return f"Look at {path}, line {number}."


def _line(task: AuditedTask) -> str:
    return min(task.needles.lines).decode()


def _online(task: AuditedTask) -> None:
    (task.folder / "environment" / "docker-compose.yaml").unlink(missing_ok=True)
    path = task.folder / "task.toml"
    path.write_text(path.read_text().replace('network_mode = "no-network"', 'network_mode = "public"'))


def _label(task: AuditedTask) -> None:
    path = task.folder / "environment" / "Dockerfile"
    path.write_text(f"{path.read_text()}LABEL note={json.dumps(_line(task))}\n")


AROUND = {
    "a statement that names the line": ("statement", _statement(_line_number)),
    "a statement that quotes the fix": ("statement", _statement(lambda task: f"Write `{_line(task)}`.")),
    "a way to the network": ("network", _online),
    "a label of the image": ("image", _label),
}
"""What is done to a task's other files."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit_leaks", description=__doc__)
    parser.add_argument("tasks", type=Path, help="folder of exported tasks")
    parser.add_argument("--clean", type=int, help="look at so many tasks as they are  [all]")
    parser.add_argument("--out", type=Path, help="write the results here, as JSON")
    options = parser.parse_args(arguments)
    settings = Settings.from_environment()
    tasks = tasks_in(options.tasks)
    result: dict[str, Any] = {"machine": machine(), "planted": {}, "clean": {}}
    victim = next(task for task in tasks if task.needles.lines and len(task.needles.paths) == 1)
    with tempfile.TemporaryDirectory(prefix="rpsdg-leaks-") as scratch:
        planted = {name: _planted(name, victim, Path(scratch)) for name in (*IN_IMAGE, *AROUND)}
        found = _found(list(planted.values()), settings)
        for name, task in planted.items():
            wanted = {**IN_IMAGE, **AROUND}[name][0]
            kinds = sorted({finding.kind for finding in found[task.name]})
            result["planted"][name] = {"expected": wanted, "found": kinds}
            print(f"{'found' if wanted in kinds else 'MISSED':7} {name}: {', '.join(kinds) or 'nothing'}")
    for first in range(0, len(tasks[: options.clean]), 8):
        some = tasks[: options.clean][first : first + 8]
        for name, findings in _found(some, settings).items():
            result["clean"][name] = [f"{one.kind}: {one.where}: {one.what}" for one in findings]
            for finding in findings:
                print(f"FALSE   {name}: {finding.kind}: {finding.where}: {finding.what}")
    if options.out is not None:
        options.out.write_text(json.dumps(result, indent=1) + "\n")
    missed = [name for name, seen in result["planted"].items() if seen["expected"] not in seen["found"]]
    alarms = [name for name, findings in result["clean"].items() if findings]
    print(f"{len(planted) - len(missed)} of {len(planted)} leaks found")
    print(f"{len(alarms)} of {len(result['clean'])} tasks accused")
    return ExitCode.FALSE_CLAIM if missed or alarms else ExitCode.OK


def _found(tasks: Sequence[AuditedTask], settings: Settings) -> dict[str, list[Finding]]:
    seen = audit_images(tasks, settings, None, lambda text: print(text, file=sys.stderr))
    return {task.name: [*audit_texts(task), *seen[task.name]] for task in tasks}


def _planted(name: str, victim: AuditedTask, scratch: Path) -> AuditedTask:
    """Return a copy of a task with a leak in it."""
    task = AuditedTask(scratch / name.replace(" ", "-").replace("'", ""))
    shutil.copytree(victim.folder, task.folder)
    if name in AROUND:
        AROUND[name][1](task)
        return task
    (path, *_) = task.needles.paths
    (module, *_) = task.needles.modules
    plant = task.folder / "environment" / "plant"
    plant.mkdir()
    (plant / "right").write_bytes(task.needles.fixed[path].data)
    (plant / "line").write_bytes(b"    " + min(task.needles.lines) + b"\n")
    (plant / "digest").write_bytes(max(task.needles.digests, key=lambda d: (len(d) == 43, d)))
    shutil.copy(victim.folder / "solution" / "fix.patch", plant)
    setting = f"cd /testbed; FILE={path}; MODULE={module.lstrip('/')}\n{_SETTING}"
    (plant / "do.sh").write_text(f"{setting}{IN_IMAGE[name][1]}\n")
    run = "RUN --mount=type=bind,source=plant,target=/plant sh -e /plant/do.sh\n"
    if name == "a layer below":
        run += f"RUN mv /tmp/kept /testbed/{path} && touch -r /testbed/.git/HEAD /testbed/{path}\n"
    with (task.folder / "environment" / "Dockerfile").open("a") as file:
        file.write(run)
    return task


if __name__ == "__main__":
    sys.exit(ended(main))
