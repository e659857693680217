"""The files of images, layer by layer: what a later layer hides is still in the image."""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rpsdg.sandbox.contract import EnvironmentFailedError
from rpsdg.sandbox.settings import Settings

__all__ = ["LayerFile", "built", "layers_of", "read_images", "unnamed"]

_LARGEST = 128 * 1024 * 1024


@dataclass(frozen=True)
class LayerFile:
    """A file of a layer."""

    path: str
    """Absolute."""
    data: bytes
    time: float
    """When it was last changed."""


def built(folder: Path, tag: str, settings: Settings, base_image: str | None) -> None:
    """Build the image of a task, as Harbor would.

    Raises:
        EnvironmentFailedError: it cannot be built.
    """
    command = ["docker", "build", "--quiet", "--tag", tag]
    if settings.ca_bundle is not None:
        command += ["--secret", f"id=ca_bundle,src={settings.ca_bundle}"]
    if settings.index_url is not None:
        command += ["--build-arg", f"PIP_INDEX_URL={settings.index_url}"]
    if base_image is not None:
        command += ["--build-arg", f"BASE_IMAGE={base_image}"]
    done = _docker([*command, str(folder)])
    if done.returncode:
        raise EnvironmentFailedError(
            f"the image of `{folder.parent.name}` cannot be built: "
            + done.stderr.decode("utf-8", "replace")[-1500:],
            hint="Settings that help: `--base-image`, RPSDG_CA_BUNDLE, RPSDG_INDEX_URL.",
        )


def unnamed(tags: Sequence[str]) -> None:
    """Take the names of images away; their layers stay in the engine's cache for as long as it likes."""
    if tags:
        _docker(["docker", "image", "rm", "--force", *tags])


def layers_of(image: str) -> list[str]:
    """Return the digests of an image's layers; none if the engine does not have it."""
    done = _docker(["docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", image])
    found = json.loads(done.stdout) if done.returncode == 0 else []
    return [str(layer) for layer in found]


def read_images(
    tags: Sequence[str], look: Callable[[str, Iterator[LayerFile]], Any]
) -> tuple[dict[str, Any], dict[str, list[str]], dict[str, dict[str, Any]]]:
    """Read images out of the engine, each layer once, however many images share it.

    Args:
        tags: of the images.
        look: called with the name of each layer and its files; what it returns is kept.

    Returns:
        What `look` made of each layer, by its name; the layers of each image, by tag; its settings, by tag.
    """
    kept: dict[str, Any] = {}
    texts: dict[str, bytes] = {}
    with subprocess.Popen(["docker", "save", *tags], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isreg() else None
                if file is None:
                    continue
                if member.name.endswith((".json", "VERSION", "oci-layout")):
                    texts[member.name] = file.read()
                elif (start := file.read(512)).lstrip()[:1] == b"{":
                    texts[member.name] = start + file.read()
                elif member.size:
                    kept[member.name] = look(member.name, _files(_Rest(start, file)))
    return kept, *_manifest(texts)


def _manifest(texts: Mapping[str, bytes]) -> tuple[dict[str, list[str]], dict[str, dict[str, Any]]]:
    layers: dict[str, list[str]] = {}
    settings: dict[str, dict[str, Any]] = {}
    for entry in json.loads(texts["manifest.json"]):
        for tag in entry["RepoTags"] or ():
            layers[tag] = list(entry["Layers"])
            settings[tag] = json.loads(texts[entry["Config"]])
    return layers, settings


class _Rest:
    """A stream whose beginning was read already."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._start, self._rest = start, rest

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        if self._start:
            part, self._start = self._start[:size], self._start[size:]
            return part + (self._rest.read(size - len(part)) if len(part) < size else b"")
        return self._rest.read(size)


def _files(stream: _Rest) -> Iterator[LayerFile]:
    with tarfile.open(fileobj=stream, mode="r|*") as layer:  # type: ignore[call-overload] # all it needs is `read`
        for member in layer:
            path = "/" + member.name.removeprefix("./").lstrip("/")
            if member.issym() or member.islnk():
                yield LayerFile(path, member.linkname.encode("utf-8", "surrogateescape"), member.mtime)
            elif member.isreg() and member.size <= _LARGEST and (file := layer.extractfile(member)):
                yield LayerFile(path, file.read(), member.mtime)


def _docker(command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        raise EnvironmentFailedError(
            f"the command `docker` cannot be run: {error}", hint="Images are built with Docker's own command."
        ) from error
