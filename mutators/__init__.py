"""Python bugs: mutators that invert real fixes, and the judge that asks a project's own tests."""
