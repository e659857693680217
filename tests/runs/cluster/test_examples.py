"""The files that docs/cluster.md offers: sound by Ray's own schema, and their commands are ours."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import ray
from ruamel.yaml import YAML

from rpsdg.cli import cli

DOCS = Path(__file__).parents[3] / "docs"


def read(name: str) -> Any:
    return YAML(typ="safe").load(DOCS / "cluster" / name)


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / "cluster.md").read_text(), re.DOTALL)
    lines = [line.partition("  #")[0] for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("rpsdg ")] + [
        read("kuberay.yaml")["spec"]["entrypoint"]
    ]


def test_ray_takes_the_cluster() -> None:
    config = read("ray-cluster.yaml")
    schema = json.loads((Path(ray.__file__).parent / "autoscaler" / "ray-schema.json").read_text())
    jsonschema.validate(config, schema)

    types = config["available_node_types"]
    assert config["head_node_type"] in types
    assert types["head"]["resources"]["CPU"] == 0
    assert max(kind.get("max_workers", 0) for kind in types.values()) <= config["max_workers"]


def test_the_job_of_kubernetes_fits_together() -> None:
    job = read("kuberay.yaml")
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    cluster = job["spec"]["rayClusterSpec"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    pods = [group["template"]["spec"] for group in groups]
    assert len({container["image"] for pod in pods for container in pod["containers"]}) == 1
    for pod in pods:
        mounted = {mount["name"] for container in pod["containers"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}
    for group in cluster["workerGroupSpecs"]:
        assert group["minReplicas"] <= group["replicas"] <= group["maxReplicas"]
    assert groups[0]["rayStartParams"]["num-cpus"] == "0"


@pytest.mark.parametrize("command", commands())
def test_the_commands_exist(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rpsdg.runs.commands.options.is_url", lambda _: False)  # which would be fetched
    _, name, *arguments = shlex.split(command)
    context = cli.make_context("rpsdg", [name, *arguments])
    found = cli.get_command(context, name)
    assert found is not None
    assert found.make_context(name, arguments, parent=context).params
