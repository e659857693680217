"""Which sandbox to use: Docker when an engine answers, otherwise the local runner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from .contract import EnvironmentFailedError, Sandbox, SandboxUnavailableError
from .docker_runner import DockerSandbox
from .local_runner import LocalSandbox
from .settings import Settings

__all__ = ["SandboxName", "choose_sandbox"]

SandboxName = Literal["auto", "docker", "local"]


def choose_sandbox(
    name: SandboxName, settings: Settings, note: Callable[[str], None] = lambda _: None
) -> Sandbox:
    """Return the sandbox asked for, with what dead runs left behind swept away.

    Args:
        name: `auto` takes Docker if an engine answers and has or gets a base image.
        settings: of environments and sandboxes.
        note: told why `auto` did not take Docker, and what the chosen sandbox does not protect from.

    Raises:
        SandboxUnavailableError: the sandbox asked for, or with `auto` neither, works here.
    """
    sandbox: Sandbox
    if name == "local":
        sandbox = LocalSandbox(settings)
    else:
        try:
            sandbox = DockerSandbox(settings)
            sandbox.base()
        except (SandboxUnavailableError, EnvironmentFailedError) as error:
            if name == "docker":
                raise
            note(f"Docker is not used: {error}")
            sandbox = LocalSandbox(settings)
    if isinstance(sandbox, LocalSandbox):
        for caveat in sandbox.caveats():
            note(f"The local sandbox: {caveat}")
    sandbox.sweep()
    return sandbox
