"""Harbor tasks."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from typing import ClassVar, Literal

from rpsdg.corpora.audit.hunting import hunt
from rpsdg.corpora.audit.needles import Needles
from rpsdg.corpora.benches import BenchKey, bench_key, settled_again
from rpsdg.corpora.exports.base import Export, Job
from rpsdg.corpora.exports.facts import facts_of
from rpsdg.corpora.exports.harbor import texts
from rpsdg.corpora.exports.harbor.grader import OLDEST_PYTHON, grader
from rpsdg.corpora.exports.harbor.project import project_files
from rpsdg.corpora.exports.harbor.repository import MOMENT, archive, fresh_repository
from rpsdg.mutators.grading.bench import GradingBench, handed_out
from rpsdg.sandbox.choose import choose_sandbox
from rpsdg.sandbox.contract import PREFIX, TESTBED, Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.record import Trace

__all__ = ["Harbor"]

BASE_IMAGE = "python:{python}-slim"
PATIENCE = 1800.0
"""Seconds that the untouched tests may take while tasks are written."""


class Harbor(Export):
    """Task folders that agents are run on with Harbor, and graded where they cannot cheat."""

    name: ClassVar[str] = "harbor"
    kind: ClassVar[Literal["file", "folder"]] = "folder"
    domains: ClassVar[tuple[str, ...]] = ("code/",)
    takes: ClassVar[frozenset[str]] = frozenset({"base_image", "network"})

    def write(self, job: Job) -> None:
        """Write a folder a task; the environment of each project is needed to know what tests take."""
        settings = Settings.from_environment()
        settings.require_cache()
        job.out.mkdir()
        with ExitStack() as stack:
            sandbox: Sandbox | None = None
            for key, traces in groupby(job.traces(), bench_key):
                if sandbox is None:
                    sandbox = stack.enter_context(closing(choose_sandbox("auto", settings)))
                ground = _Ground.of(job, key, sandbox, settings)
                for trace in traces:
                    base = handed_out(ground.bench.tree, trace)
                    reason = ground.unfit or _told(ground, base)
                    if reason is None:
                        _write(job, ground, trace, base)
                        job.wrote()
                    else:
                        job.dropped(reason)


@dataclass(frozen=True)
class _Ground:
    """What the tasks of one project share."""

    bench: GradingBench
    base_image: str
    files: dict[str, bytes] = field(default_factory=dict)
    """The environment's part of `environment/`."""
    metadata: dict[str, bytes] = field(default_factory=dict)
    """What the environment knows of the project, by path in the image."""
    unfit: str | None = None
    """Why none of them can be a task."""

    @classmethod
    def of(cls, job: Job, key: BenchKey, sandbox: Sandbox, settings: Settings) -> _Ground:
        """Build the environment and show that its tests are green."""
        settled = settled_again(job.dataset, key, sandbox, settings)
        environment, place = settled.environment, settled.place
        bench = GradingBench.proven(
            sandbox, place, environment, settled.tree, settings.limits, settled.baseline, timeout=PATIENCE
        )
        base_image = (job.options.base_image or BASE_IMAGE).replace("{python}", environment.python)
        recipe = environment.recipe
        if tuple(map(int, environment.python.split("."))) < OLDEST_PYTHON:
            return cls(bench, base_image, unfit="Python older than 3.10")
        if recipe is not None and recipe.build_dependencies:
            return cls(bench, base_image, unfit="builds that need more than they state")
        project = project_files(sandbox, place, settings.limits, environment.project, MOMENT)
        packages = () if recipe is None else tuple(sorted({stated.text for stated in recipe.system_packages}))
        text = texts.dockerfile(
            base_image=base_image,
            roots=environment.roots,
            system_packages=packages,
            has_project=bool(project),
        )
        files = {"Dockerfile": text.encode(), "lock.txt": environment.lock.encode()}
        if project:
            files["project.tar.gz"] = gzip.compress(project, mtime=0)
        if job.options.network == "none":
            files["docker-compose.yaml"] = texts.compose_file(base_image).encode()
        return cls(bench, base_image, files, _unpacked(project))


def _unpacked(project: bytes) -> dict[str, bytes]:
    if not project:
        return {}
    with tarfile.open(fileobj=io.BytesIO(project)) as tar:
        files = [(member.name, tar.extractfile(member)) for member in tar]
        return {f"{PREFIX}/{name}": file.read() for name, file in files if file is not None}


def _told(ground: _Ground, base: Tree) -> str | None:
    """Return why a task gives itself away, such as by a page of the project's that quotes the line."""
    needles = Needles(base, ground.bench.tree)
    files = {f"{TESTBED}/{path}": entry.data for path, entry in base.items()} | ground.metadata
    for path, data in files.items():
        for finding in hunt(path, data, needles):
            return f"files of the project that give the fix away ({finding.kind})"
    return None


def _write(job: Job, ground: _Ground, trace: Trace, base: Tree) -> None:
    sheet = ground.bench.sheet(trace)
    about = {key: value for key, value in facts_of(trace, job.dataset).items() if value is not None}
    source = trace.provenance.source
    project = "".join(c if c.isalnum() else "-" for c in str(source.get("name") or "task").lower()).strip("-")
    name = f"{project}-{trace.id[:12]}"
    about |= {"project": project, "version": str(source.get("version") or ""), "bugs": len(trace.steps)}
    program = {path: Entry(data) for path, data in fresh_repository(base).items()}
    files = {
        "task.toml": texts.task_file(
            f"rpsdg/{name}",
            about,
            network=job.options.network or "policy",
            timeout=sheet.timeout + 300,
            keywords=["python", "bug", project],
        ).encode(),
        "instruction.md": texts.instruction(trace.problem.statement).encode("utf-8", "replace"),
        **{f"environment/{path}": data for path, data in ground.files.items()},
        "environment/tree.tar.gz": gzip.compress(archive({**base.entries, **program}), mtime=0),
        "tests/test.sh": texts.test_script().encode(),
        "tests/grader.pyz": grader(),
        "tests/sheet.json": json.dumps(asdict(sheet), indent=1).encode("utf-8", "replace"),
        "tests/tree.tar.gz": gzip.compress(base.to_tar(), mtime=0),
        "solution/solve.sh": texts.solve_script().encode(),
        "solution/fix.patch": trace.answer.text.encode("utf-8", "surrogateescape"),
    }
    for path, data in files.items():
        _put(job.out / name / path, data)


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if path.suffix == ".sh":
        path.chmod(0o755)
