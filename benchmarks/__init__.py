"""One file per question, each measured beside a peer in the same run: `python -m benchmarks --list`."""
