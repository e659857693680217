"""Read SWE-smith records as its harness does and grade what pytest printed with its grading functions.

Arguments: the exported file, and a folder with logs, named INSTANCE.OUTCOME.log.
"""

from __future__ import annotations

import json
import sys
from dataclasses import make_dataclass
from pathlib import Path

from results import tell
from swesmith.harness.grading import get_eval_report
from swesmith.profiles import registry
from swesmith.profiles.python import PythonProfile


def main() -> None:
    """Do it."""
    file, logs = sys.argv[1:]
    records = [json.loads(line) for line in Path(file).read_text().splitlines()]
    graded = {}
    for record in records:
        _, _, place = record["repo"].partition("/")
        project, _, commit = place.rpartition(".")
        owner, _, repository = project.partition("__")
        if record["repo"] not in registry.data:
            fields = [("owner", str, owner), ("repo", str, repository), ("commit", str, commit + "0" * 32)]
            registry.register_profile(make_dataclass("Exported", fields, bases=(PythonProfile,)))
        prediction = {
            "instance_id": record["instance_id"],
            "model_patch": record["patch"],
            "model_name_or_path": "x",
        }
        for log in sorted(Path(logs).glob(f"{record['instance_id']}.*.log")):
            graded[log.name] = get_eval_report(prediction, record, str(log))
    tell({"records": len(records), "graded": graded})


if __name__ == "__main__":
    main()
