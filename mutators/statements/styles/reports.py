"""What a test run says, at more or less length."""

from __future__ import annotations

from rpsdg.mutators.statements.writing import Level, Style, Writer, code, quoted

__all__ = ["CiReport", "FailureReport", "TerseReport", "TestNamesOnly"]


class FailureReport(Style):
    """A failing test run, told in full."""

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        if level == "low":
            return [
                f"# {w.fails()} in {w.project}",
                w.pick(
                    f"Part of {w.project} {w.symptom()}.",
                    f"Something in {w.project} {w.symptom()}.",
                    f"With the current state of {w.project}, {w.fails()}: the program {w.symptom()}.",
                ),
                w.goal(),
            ]
        head = f"# {w.test} fails in {w.project}"
        if level == "medium":
            told = w.bullets()
            shows = w.pick("These tests show it:", "It is seen in these tests:", "The tests that say most:")
            return [head, f"{w.project} {w.symptom()}.", shows, told, w.rest(), w.goal()]
        return [
            head,
            f"Part of {w.project} no longer works as it should. {code(w.facts.command)} shows it:",
            *(
                block
                for node in w.facts.told
                for block in (f"- {code(node)}", quoted(w.facts.problem(node).message, 6))
            ),
            w.rest(),
            "The tests are right; the fault is in the program. Find it and mend it. All "
            f"{w.facts.steady} tests that belong to a working {w.project} must pass.",
        ]


class TerseReport(Style):
    """As few words as will do."""

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        head = w.pick(
            f"{w.project}: {w.failing} of {w.facts.steady} failing.",
            f"{w.fails()} in {w.project}.",
            f"{w.project} is broken: {w.fails()}.",
        )
        if level == "low":
            return [head, w.short_goal()]
        if level == "medium":
            return [f"{head} {w.input()}", w.short_goal()]
        return [f"{head} {w.wrong()}", w.bullets(), w.rest(), w.short_goal()]


class TestNamesOnly(Style):
    """The names of failing tests and nothing else."""

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        if level == "low":
            paths = sorted({node.split("::")[0] for node in w.facts.failing})
            shown = "\n".join(f"- {code(path)}" for path in paths[:10])
            more = f"and {len(paths) - 10} more" if len(paths) > 10 else ""
            head = w.pick("Tests fail in these files:", "Files with failing tests:", "There are failures in:")
            return [f"{w.project}. {head}", shown, more, w.short_goal()]
        head = w.pick("Failing tests:", "These tests fail:", "Red at the moment:")
        if level == "medium":
            return [f"{w.project}. {head}", w.bullets(), w.rest(), w.short_goal()]
        return [f"{w.project}. {head}", *w.details(), w.command(), w.short_goal()]


class CiReport(Style):
    """The note that a build leaves behind."""

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        passed = w.facts.steady - len(w.facts.failing)
        head = w.pick(
            f"Build failed: {w.project}",
            f"CI is red for {w.project}",
            f"[CI] {w.project}: tests failed",
        )
        numbers = f"{len(w.facts.failing)} failed, {passed} passed"
        if level == "low":
            return [f"## {head}", w.pick(f"Result: {numbers}.", f"{numbers.capitalize()}."), w.goal()]
        if level == "medium":
            symptom = f"{w.project} {w.symptom()}. {w.input()}"
            return [f"## {head}", f"Result: {numbers}.", w.command(), symptom, w.goal()]
        return [
            f"## {head}",
            f"Result: {numbers}.",
            w.command(),
            *w.details(),
            w.contrast() and w.pick("In short: ", "That is: ") + w.contrast(),
            w.goal(),
        ]
