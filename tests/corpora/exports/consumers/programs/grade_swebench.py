"""Load SWE-bench records with swebench's loader and grade what pytest printed with its grading functions.

Arguments: the exported file, and a folder with NAME.log for each instance and outcome: INSTANCE.OUTCOME.log.
"""

from __future__ import annotations

import sys
from pathlib import Path

from results import tell
from swebench.harness.grading import get_eval_report
from swebench.harness.utils import get_predictions_from_file, load_swebench_dataset, make_test_spec


def main() -> None:
    """Do it."""
    file, logs = sys.argv[1:]
    records = load_swebench_dataset(file)
    gold = {one["instance_id"]: one for one in get_predictions_from_file("gold", file, "test")}
    graded = {}
    for record in records:
        spec = make_test_spec(record)
        for log in sorted(Path(logs).glob(f"{spec.instance_id}.*.log")):
            report = get_eval_report(spec, gold[spec.instance_id], str(log), include_tests_status=True)
            graded[log.name] = report[spec.instance_id]
        graded[f"{spec.instance_id} script"] = spec.eval_script
    tell(
        {"records": len(records), "graded": graded, "patches": [one["model_patch"] for one in gold.values()]}
    )


if __name__ == "__main__":
    main()
