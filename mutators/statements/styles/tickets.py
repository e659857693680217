"""What stands in a bug tracker."""

from __future__ import annotations

from rpsdg.mutators.statements.writing import Level, Style, Writer, actual, code, fenced, wanted_of

__all__ = ["BugTracker", "RegressionNote"]


class BugTracker(Style):
    """The template: steps to reproduce, expected, actual."""

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        one = w.example
        title = w.pick(
            f"## Bug: {w.project} {w.symptom()}",
            f"## {w.project} {w.symptom()}",
            f"## [bug] {w.project} {w.symptom()}",
        )
        form = w.pick("**{}**", "### {}")
        steps, expected, came = (
            form.format(w.pick("Steps to reproduce", "How to reproduce", "To reproduce")),
            form.format(w.pick("Expected", "Expected behaviour", "What should happen")),
            form.format(w.pick("Actual", "Actual behaviour", "What happens instead")),
        )
        if level == "low":
            run = w.pick("Run the test suite.", "Run all tests.")
            return [title, steps, run, expected, f"All {w.total} pass.", came, f"{w.fails()}.", w.goal()]
        if level == "medium":
            return [
                title,
                steps,
                fenced(one.snippet, "python") if one else w.command(),
                expected,
                w.pick("It works.", "No problem."),
                came,
                f"It {w.symptom()}.",
                w.goal(),
            ]
        if one is None:
            return [
                title,
                steps,
                w.command(),
                expected,
                w.pick("The tests pass.", f"{w.test} passes, and so do the others."),
                came,
                *w.details(),
                w.goal(),
            ]
        return [
            title,
            steps,
            fenced(one.snippet, "python"),
            w.pick(f"or run {code(one.node)}.", f"The test {code(one.node)} does this, too."),
            expected,
            f"It should {wanted_of(one.expected)}.",
            came,
            f"It {actual(one.got)}.",
            form.format(w.pick("Failing tests", "Tests that fail")),
            w.bullets(),
            w.rest(),
            w.goal(),
        ]


class RegressionNote(Style):
    """It worked before the last change."""

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        one = w.example
        before = w.pick(
            "It worked before the last change to the code.",
            "Before the most recent change this was fine.",
            f"The code as it was before the last change passed all {w.total}.",
            "This is a regression: it has been right before.",
        )
        head = w.pick(
            f"# Regression in {w.project}", f"# {w.project}: regression", f"# {w.project} got worse"
        )
        if level == "low":
            return [head, f"{w.project} {w.symptom()}. {before}", w.goal()]
        if level == "medium":
            return [head, f"{w.area()} {w.symptom()}. {before} {w.input()}", w.goal()]
        told = (
            f"{w.call(one)} used to {wanted_of(one.expected)}. Now it {actual(one.got)}."
            if one
            else f"{w.test} used to pass. {w.complaint()}"
        )
        return [
            head,
            f"{told} {before}",
            w.pick("Tests that used to pass:", "No longer passing:"),
            w.bullets(),
            w.rest(),
            w.pick("What the first of them says:", "The failure in full:"),
            w.said(),
            w.goal(),
        ]
