"""Read names of tests as swebench's parser reads them from pytest's summary. Arguments: a list."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from results import tell
from swebench.harness.log_parsers import PARSER_REGISTRY


def main() -> None:
    """Do it."""
    names = json.loads(Path(sys.argv[1]).read_text())
    parse = PARSER_REGISTRY["parse_log_pytest_v2"]
    tell({"read": [list(parse(f"PASSED {name}\n", None)) for name in names]})


if __name__ == "__main__":
    main()
