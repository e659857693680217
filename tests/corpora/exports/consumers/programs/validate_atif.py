"""Validate trajectories with Harbor's own validator and models. Arguments: folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from harbor.models.trajectories import Trajectory
from harbor.utils.trajectory_validator import TrajectoryValidator
from results import tell


def main() -> None:
    """Do it."""
    told = {}
    for file in sorted(Path(sys.argv[1]).glob("[!.]*.json")):
        validator = TrajectoryValidator()
        valid = validator.validate(file)
        trajectory = Trajectory.model_validate_json(file.read_text())
        told[file.name] = {
            "valid": valid,
            "errors": [str(error) for error in validator.errors],
            "steps": len(trajectory.steps),
            "same": trajectory.to_json_dict() == json.loads(file.read_text()),
        }
    tell({"trajectories": told})


if __name__ == "__main__":
    main()
