"""The families, rules and mistakes of mathematics as people read them: `docs/mathematics.md`.

`python -m rpsdg.runs.math_catalogue FILE` writes the page of the documentation; with `--check` it says
whether FILE is up to date.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping

from rpsdg.math_domains.family import Family
from rpsdg.math_domains.latex import latex
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.reading import read
from rpsdg.math_domains.registry import TOPICS, all_topics
from rpsdg.math_domains.rewriting import Detail, Identity, Rewrite, Working
from rpsdg.traces.generated import write_or_check

__all__ = ["as_markdown"]

SEED, LEVEL = 0, 2
"""Of the examples."""


def as_markdown() -> str:
    """Return the families with an example each, the rules with their laws, and the mistakes."""
    topics = [all_topics()[name] for name in TOPICS]  # without those of other distributions
    families = [family for topic in topics for family in topic.families.values()]
    rules = {name: rule for topic in topics for name, rule in topic.rules.items()}
    mistakes = [mistake for topic in topics for mistake in topic.mistakes.values()]
    lines = [
        "# The catalogue of mathematics",
        "",
        f"{len(families)} families of problems, {len(rules)} rules that lead from a problem to its answer,",
        f"and {len(mistakes)} mistakes that people make with them. `make docs` makes this page of the code;",
        f"the examples are what `rpsdg math FAMILY --count 1 --level {LEVEL} --seed {SEED}` makes.",
        "",
        "## Families",
    ]
    for family in families:
        lines += _family(family)
    lines += ["", "## Rules", "", "A solver reads the left side and writes the right one; a walk leads back."]
    for topic in topics:
        lines += ["", f"### {topic.name}"]
        for rule in topic.rules.values():
            lines += _rule(rule)
    lines += ["", "## Mistakes", "", "What is written instead of the right side, and carried on from."]
    for mistake in sorted(mistakes, key=lambda mistake: mistake.name):
        lines += _mistake(mistake, rules)
    return "\n".join(lines) + "\n"


def _family(family: Family) -> Iterator[str]:
    trace = Problems(family, seed=SEED, level=LEVEL)[0]
    yield from ("", f"### {family.name}", "", _page(family), "", f"> {_flat(trace.problem.statement)}", "")
    for number, step in enumerate(trace.steps, 1):
        yield f"{number}. {_flat(step.explanation)}"
    yield from ("", f"Answer: {_flat(trace.answer.text)}")


def _rule(rule: type[Rewrite]) -> Iterator[str]:
    near, far = (read(text) for text in rule.sample)
    move = next(found for found in rule.find(near) if found.apply(near) == far)
    yield from ("", f"**{rule.rule}**. {_page(rule)}", "", f"$${_law(rule)}$$", "")
    yield f"For example: {_flat(move.explain(Detail.REASON))}"


def _law(rule: type[Rewrite]) -> str:
    if issubclass(rule, Identity):
        sides, given = (rule.left, rule.right), rule.given
    elif issubclass(rule, Working):
        sides, given = rule.law, ()
    else:
        sides, given = rule.sample[::-1], ()
    told = r" \quad\longrightarrow\quad ".join(latex(read(side)) for side in sides)
    if given:
        told += r" \qquad (" + ",\\; ".join(latex(read(condition)) for condition in given) + ")"
    return told


def _mistake(mistake: Mistake, rules: Mapping[str, type[Rewrite]]) -> Iterator[str]:
    state, wrong = (latex(read(text)) for text in mistake.sample)
    of = ", ".join(name for name, rule in sorted(rules.items()) if rule in mistake.rules)
    yield from ("", f"**{mistake.name}** (of {of}). {_page(mistake)}", "")
    yield rf"$${state} \quad\not\longrightarrow\quad {wrong}$$"


def _page(thing: object) -> str:
    return _flat(re.sub(r"``", "`", inspect.getdoc(thing) or ""))


def _flat(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    sys.exit(write_or_check("Write the catalogue of mathematics as Markdown.", as_markdown))
