"""Small transformers from scratch: tapes beside answers alone, and a verifier of steps."""
