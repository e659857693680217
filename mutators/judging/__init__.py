"""What the original tests say of a program: baselines, the judge, first looks, and clean confirmation."""
