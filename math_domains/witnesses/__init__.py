"""Those who say whether a step is true. They know values, never rules: nothing here imports a rule."""

from .finding import Finding, Holds
from .judge import judge_tape
from .notes import Notes

__all__ = ["Finding", "Holds", "Notes", "judge_tape"]
