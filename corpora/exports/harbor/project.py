"""What an environment knows of the project besides its source: metadata, scripts, generated files."""

from __future__ import annotations

from rpsdg.sandbox.contract import Limits, Place, Sandbox, SandboxBrokeError

__all__ = ["project_files"]

# The list of installed files names digests of the right program's: one could try edits until one fits.
_COLLECT = r"""
import io, os, sys, tarfile
from importlib import metadata
prefix, name, moment = sys.argv[1], sys.argv[2], int(sys.argv[3])
found, record = {}, None
if name != "-":
    for file in metadata.distribution(name).files or ():
        path = os.path.normpath(str(file.locate()))
        if os.path.isfile(path) and path.startswith(prefix + "/env/") and "__pycache__" not in path:
            found[path] = None
            if file.name == "RECORD":
                record = path, os.path.dirname(os.path.dirname(path))
for folder, _, names in os.walk(prefix + "/overlay"):
    for one in names:
        if not one.endswith(".pyc"):
            found[os.path.join(folder, one)] = None
if record:
    path, site = record
    inside = [p for p in found if p.startswith(prefix + "/env/")]
    found[path] = "".join(os.path.relpath(p, site) + ",,\n" for p in sorted(inside)).encode()
buffer = io.BytesIO()
with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
    for path, data in sorted(found.items()):
        if data is None:
            with open(path, "rb") as file:
                data = file.read()
        info = tarfile.TarInfo(os.path.relpath(path, prefix))
        info.size, info.mtime, info.mode = len(data), moment, 0o755 if os.access(path, os.X_OK) else 0o644
        tar.addfile(info, io.BytesIO(data))
with open(sys.argv[4], "wb") as file:
    file.write(buffer.getvalue() if found else b"")
"""


def project_files(sandbox: Sandbox, place: Place, limits: Limits, name: str | None, moment: int) -> bytes:
    """Return a tar archive of them, paths as below the prefix of the environment; empty if there are none.

    Args:
        sandbox, place, limits: where the environment is.
        name: of the project's distribution, None if it is not installed.
        moment: when all of them were last changed.

    Raises:
        SandboxBrokeError: they cannot be read.
    """
    with sandbox.open(place, limits) as session:
        target = f"{session.home}/project.tar"
        python = f"{session.prefix}/env/bin/python"
        session.write(f"{session.home}/collect.py", _COLLECT.encode())
        script = [
            python,
            "-I",
            f"{session.home}/collect.py",
            session.prefix,
            name or "-",
            str(moment),
            target,
        ]
        done = session.execute(script, timeout=120)
        if done.returncode or done.stopped:
            raise SandboxBrokeError(f"the project's metadata cannot be read: {done.output[-500:]}")
        return session.fetch(target)
