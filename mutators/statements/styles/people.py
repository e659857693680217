"""What people who use the program write."""

from __future__ import annotations

from rpsdg.mutators.statements.writing import Level, Style, Writer, actual, fenced, wanted_of

__all__ = ["ChatMessage", "Question", "UserStory", "VagueSymptom"]


class UserStory(Style):
    """Somebody who uses the program, what they want, and what they get."""

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        one = w.example
        who = w.pick(
            f"As a user of {w.project}",
            f"As someone whose code builds on {w.project}",
            f"As a developer who depends on {w.project}",
        )
        if level == "low":
            wish = w.pick("I want to rely on its results", "I want it to do what it did", "I want it to work")
            return [f"{who}, {wish}. At the moment it {w.symptom()}.", w.goal()]
        if level == "medium":
            wish = f"I want {w.area()} to work as it is meant to"
            return [f"{who}, {wish}. At the moment it {w.symptom()}. {w.input()}", w.goal()]
        if one is None:
            story = f"{who}, I want {w.area()} to work as it is meant to. It does not: {w.complaint()}"
        else:
            story = f"{who}, I want {w.call(one)} to {wanted_of(one.expected)}. It {actual(one.got)}."
        done = w.pick(
            "The story is done when these tests pass:", "Acceptance:", "Accepted when this is green:"
        )
        return [story, done, w.bullets(), w.rest(), w.said(), w.goal()]


class Question(Style):
    """A post on a site for questions and answers."""

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        one = w.example
        if level == "low":
            head = w.pick(
                f"# Why does {w.project} not do what it should?",
                f"# {w.project}: unexpected behaviour",
                f"# What is wrong with {w.project}?",
            )
            return [head, f"I have a copy of {w.project} that {w.symptom()}. {w.fails()}.", _ask(w), w.goal()]
        head = w.pick(
            f"# Why is {w.area()} wrong in {w.project}?",
            f"# Unexpected behaviour of {w.area()} ({w.project})",
            f"# {w.project}: what is the matter with {w.area()}?",
        )
        if level == "medium":
            shown = fenced(one.snippet, "python") if one else w.command()
            lead = w.pick("I am running this:", "Here is what I do:", "Take this:")
            return [head, lead, shown, f"It {w.symptom()}.", _ask(w), w.goal()]
        if one is None:
            lead = w.pick("I run the tests:", "This is what I run:")
            return [head, lead, w.command(), "and get", *w.details(), _ask(w), w.goal()]
        return [
            head,
            w.pick("I am running this:", "Here is what I do:", "Take this:"),
            fenced(one.snippet, "python"),
            w.pick(
                f"I expected it to {wanted_of(one.expected)}, but it {actual(one.got)}.",
                f"It {actual(one.got)}. As I understand it, it should {wanted_of(one.expected)}.",
                f"To my surprise it {actual(one.got)}; should it not {wanted_of(one.expected)}?",
            ),
            w.pick("The tests seem to agree with me. These fail:", "These tests fail, too:"),
            w.bullets(),
            w.rest(),
            _ask(w),
            w.goal(),
        ]


def _ask(w: Writer) -> str:
    return w.pick(
        "What causes this, and how is it fixed?",
        "Where does this come from?",
        "What has to be changed to make it right?",
        "How do I fix it?",
    )


class ChatMessage(Style):
    """A few lines to a colleague."""

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        hello = w.pick("hey,", "Hi!", "Quick one:", "Got a minute?", "morning,")
        bye = w.pick("Can you have a look?", "Could you take this one?", "Mind looking into it?", "Any idea?")
        end = w.pick(
            f"All {w.total} should be green when you are done, no changes to the tests please.",
            f"Done when all {w.total} pass. Leave the tests alone, they are fine.",
            f"The tests are ok, it is the code. There are {w.facts.steady} of them and all should pass.",
        )
        if level == "low":
            return [f"{hello} something is off with {w.project}, it {w.symptom()}. {bye} {end}"]
        if level == "medium":
            return [f"{hello} {w.area()} in {w.project} {w.symptom()}. {w.input()} {bye}", end]
        return [
            f"{hello} {w.area()} in {w.project} {w.symptom()}. {w.wrong()}",
            w.pick("red tests:", "What fails:", "Failing:"),
            w.bullets(),
            w.rest(),
            w.said(),
            f"{bye} {end}",
        ]


class VagueSymptom(Style):
    """Somebody noticed something."""

    @classmethod
    def blocks(cls, w: Writer, level: Level) -> list[str]:
        lead = w.pick(
            f"Something is not right with {w.project}: it {w.symptom()}.",
            f"{w.project} does not behave. In some cases it {w.symptom()}.",
            f"There is a fault somewhere in {w.project}. Under some conditions it {w.symptom()}.",
            f"We have reports that {w.project} {w.symptom()}. That is all we know.",
        )
        if level == "low":
            return [lead, w.goal()]
        around = w.pick(
            f"It seems to have to do with {w.area()}.",
            f"{w.area()} may be a good place to start from.",
            f"We noticed it around {w.area()}.",
        )
        if level == "medium":
            return [f"{lead} {around}", w.goal()]
        return [f"{lead} {around} {w.wrong()}", *w.details(), w.goal()]
