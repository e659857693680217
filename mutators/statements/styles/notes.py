"""What people who work on the program leave for each other."""

from __future__ import annotations

from rpsdg.mutators.statements.writing import Level, Style, Writer

__all__ = ["ReviewRemark", "TodoNote"]


class ReviewRemark(Style):
    """A remark under a change."""

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        lead = w.pick(
            "I do not think this can be merged as it is.",
            "Requesting changes.",
            "One thing before this goes in.",
            "Sorry to be late with this, but there is a problem.",
        )
        if level == "low":
            seen = w.pick("With this branch", "With the code as it stands", "On this revision")
            return [f"{lead} {seen}, {w.project} {w.symptom()}: {w.fails()}.", w.goal()]
        if level == "medium":
            return [f"{lead} In {w.project}, {w.area()} {w.symptom()}. {w.input()}", w.goal()]
        return [
            f"{lead} In {w.project}, {w.area()} {w.symptom()}. {w.wrong()}",
            w.pick("The tests catch it:", "From the test run:", "Please see:"),
            *w.details(),
            w.goal(),
        ]


class TodoNote(Style):
    """A line on a list of things to do, or the subject of a commit to come."""

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        mark = w.pick("TODO:", "FIXME:", "- [ ]", "To do:")
        if level == "low":
            return [f"{mark} {w.project} {w.symptom()}", w.short_goal()]
        subject = w.pick(f"make {w.area()} right again", f"repair {w.area()}", f"look into {w.area()}")
        if level == "medium":
            return [f"{mark} {subject} ({w.project}). It {w.symptom()}. {w.input()}", w.short_goal()]
        return [
            f"{mark} {subject} ({w.project}). {w.wrong()}",
            w.pick("Fails at the moment:", "Tests to turn green:"),
            w.bullets(),
            w.rest(),
            w.said(),
            w.short_goal(),
        ]
