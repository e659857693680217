"""The small files of a Harbor task."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from rpsdg.sandbox.contract import PREFIX, TESTBED

__all__ = ["Network", "compose_file", "dockerfile", "instruction", "solve_script", "task_file", "test_script"]

Network = Literal["policy", "none"]
"""How a task is kept from the network: by Harbor's own policy, which lets an agent inside reach its model and
nothing else, or by a container without any network, which needs nothing of Harbor's but leaves such an agent
mute."""

_DOCKERFILE = """\
# The environment first, which tasks of one project share; then the program, which they do not.
# Build arguments: BASE_IMAGE, and PIP_INDEX_URL for another package index. A build secret `ca_bundle` is
# trusted while packages are fetched. Neither index nor secret stays in the image.
ARG BASE_IMAGE={base_image}
FROM ${{BASE_IMAGE}} AS environment
USER root
ARG PIP_INDEX_URL
COPY lock.txt /tmp/lock.txt
RUN --mount=type=secret,id=ca_bundle \\
    if [ -s /run/secrets/ca_bundle ]; then export PIP_CERT=/run/secrets/ca_bundle; fi; {system_packages}\\
    python3 -m venv --without-pip {prefix}/env \\
 && python3 -m venv /tmp/tools \\
 && /tmp/tools/bin/python -m pip --python {prefix}/env/bin/python install --quiet --no-cache-dir \\
    --disable-pip-version-check --no-deps --require-hashes -r /tmp/lock.txt

FROM ${{BASE_IMAGE}}
USER root
RUN {needed}{{ getent passwd 1000 >/dev/null \\
      || echo 'tester:x:1000:1000::/run/rpsdg/home:/bin/sh' >> /etc/passwd; }} \\
 && {{ getent group 1000 >/dev/null || echo 'tester:x:1000:' >> /etc/group; }}
COPY --from=environment {prefix} {prefix}
{project}ENV PATH={prefix}/env/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
    PYTHONPATH={search} PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8 TZ=UTC
WORKDIR {testbed}
ADD tree.tar.gz {testbed}/
"""
_APT = (
    "apt-get update && apt-get install -y --no-install-recommends {packages} && rm -rf /var/lib/apt/lists/*"
)

_COMPOSE = """\
# No network at all. Index, certificates and base image come from the machine that builds, and stay there.
services:
  main:
    network_mode: none
    init: true  # it ends at once when it is told to
    build:
      args:
        - BASE_IMAGE=${RPSDG_BASE_IMAGE:-%s}
        - PIP_INDEX_URL
      secrets:
        - ca_bundle
secrets:
  ca_bundle:
    file: ${SSL_CERT_FILE:-/dev/null}
"""

_INSTRUCTION = """\
{statement}

---

The program is in `{testbed}`, and so is its test suite: `python -m pytest`. There is no network. What counts
is the program as you leave it there; it is judged in another container, by the tests as they are now. Changes
of tests and of their settings do not count.
"""

_TEST = """\
#!/bin/sh
# Runs in a fresh container, in which no agent ever was; what the agent left in {testbed} is read as data.
PATH=/usr/local/bin:/usr/bin:/bin
exec python3 -I -S /tests/grader.pyz /tests /logs/verifier
"""

_SOLVE = """\
#!/bin/sh
# The recorded fix.
cd {testbed} && exec git apply --whitespace=nowarn /solution/fix.patch
"""


def dockerfile(
    *, base_image: str, roots: Sequence[str], system_packages: Sequence[str], has_project: bool
) -> str:
    """Return the Dockerfile of a task.

    Args:
        base_image: any image with Python of the environment's version, and `venv`.
        roots: folders of the tree on the module search path.
        system_packages: Debian packages that the environment needs.
        has_project: whether there is a `project.tar.gz`.
    """
    apt = _APT.format(packages=" ".join(system_packages))
    git = "command -v git >/dev/null || { " + _APT.format(packages="git") + "; }"
    search = [TESTBED if root == "." else f"{TESTBED}/{root}" for root in roots]
    return _DOCKERFILE.format(
        base_image=base_image,
        prefix=PREFIX,
        testbed=TESTBED,
        search=":".join(search),
        system_packages=f"{apt};" if system_packages else "",
        needed=f"{{ {git}; }}\\\n && " + (f"{apt} \\\n && " if system_packages else ""),
        project=f"ADD project.tar.gz {PREFIX}/\n" if has_project else "",
    )


def compose_file(base_image: str) -> str:
    """Return the compose file of a task without any network."""
    return _COMPOSE % base_image


def instruction(statement: str) -> str:
    """Return what an agent is told."""
    return _INSTRUCTION.format(statement=statement.rstrip(), testbed=TESTBED)


def test_script() -> str:
    """Return the script that Harbor runs to grade."""
    return _TEST.format(testbed=TESTBED)


def solve_script() -> str:
    """Return the script that solves the task."""
    return _SOLVE.format(testbed=TESTBED)


def task_file(
    name: str, metadata: Mapping[str, Any], *, network: Network, timeout: float, keywords: Sequence[str]
) -> str:
    """Return `task.toml`.

    Args:
        name: of the task, with that of its collection: `collection/task`.
        metadata: about the task, for people; an agent does not see it.
        network: see `Network`.
        timeout: seconds that grading may take.
        keywords: about the task, too.
    """
    sections: dict[str, dict[str, Any]] = {
        "task": {"name": name, "keywords": list(keywords)},
        "metadata": dict(metadata),
        "agent": {"timeout_sec": 3600.0},
        "verifier": {"timeout_sec": timeout, "environment_mode": "separate", "user": "root"},
        "environment": {"build_timeout_sec": 1800.0, "cpus": 1, "memory_mb": 4096, "workdir": TESTBED},
    }
    if network == "policy":
        sections["environment"]["network_mode"] = "no-network"
    lines = ['schema_version = "1.4"', f"artifacts = {_value([TESTBED])}"]
    for section, values in sections.items():
        lines += ["", f"[{section}]"]
        lines += [f"{key} = {_value(value)}" for key, value in values.items() if value is not None]
    return "\n".join([*lines, ""])


def _value(value: Any) -> str:
    """Return a value in TOML, whose texts, numbers and lists of them are written as in JSON."""
    return json.dumps(value, ensure_ascii=True)
