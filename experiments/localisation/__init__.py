"""A fault localiser that is trained on injected bugs alone and tested on real fixes; see docs/efficacy.md."""
