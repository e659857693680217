"""What a notebook shows of a trace is rendered here as a notebook would render it, and looked at."""

from __future__ import annotations

from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.registry import all_families
from rpsdg.traces.notebook import as_markdown
from rpsdg.traces.record import Action, Answer, Problem, Provenance, Step, Trace

_OURS = {"p", "strong", "code", "blockquote", "pre", "em", "ol", "ul", "li", "hr", "br"}
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_BITS = [
    *(
        "```",
        "~~~",
        "````",
        "```a`b",
        "   ```",
        "```python",
        "`",
        "\n",
        "\n\n",
        "> ",
        "    ",
        "\t",
        "- ",
        "# ",
    ),
    *("<script>", "<img src=x>", "<http://x>", "[a](http://x)", "![a](http://x)", "[a]: http://x", "&lt;"),
    *("# ", "$", "\\", "x"),
]
_HOSTILE = st.lists(st.sampled_from(_BITS), max_size=14).map("".join)


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)


def _code(statement: str, observation: str = "", explanation: str = "") -> Trace:
    state = {"tree": "t", "diff": "d"}
    action = Action(tool="run", input={"command": ["pytest", observation]}, observation=observation)
    step = Step(rule="r", aim={}, before=state, after=state, explanation=explanation, actions=(action,))
    return Trace(
        id="0" * 64,
        content_hash="0" * 64,
        domain="code/python",
        problem=Problem(statement=statement, style="s", state=state),
        steps=(step,),
        answer=Answer(state=state, text=observation),
        provenance=Provenance(generator="g", seed=0, index=0),
    )


@given(_HOSTILE, _HOSTILE, _HOSTILE)
def test_nothing_hostile_is_obeyed(statement: str, observation: str, explanation: str) -> None:
    page = as_markdown(_code(statement, observation, explanation))
    assert _Tags(MarkdownIt("commonmark", {"html": True}).render(page)).found <= _OURS | _HEADINGS


@given(_HOSTILE)
def test_what_was_observed_stays_in_its_block(observation: str) -> None:
    page = as_markdown(_code("A problem", observation))
    blocks = [token for token in MarkdownIt("commonmark").parse(page) if token.type == "fence"]
    assert len(blocks) == 2  # the action, and the answer
    assert blocks[1].content.rstrip() == observation.rstrip()


def test_code_in_a_statement_is_shown_as_it_is() -> None:
    page = as_markdown(_code("Before\n\n```python\nif a < b[0]:\n```\n\nAfter <b>"))
    assert "> if a < b[0]:" in page
    assert "After &lt;b>" in page
    inline = as_markdown(_code("x", explanation="put `a < b[0]` back, not `<c>`"))
    assert "put `a < b[0]` back, not `<c>`" in inline


@pytest.mark.parametrize("family", ["linear-inequality", "integral-by-parts"])
def test_mathematics_keeps_its_formulas(family: str) -> None:
    trace = Problems(all_families()[family], seed=1, level=2)[0]
    page = trace._repr_markdown_()
    assert "$" in page
    assert str(trace.steps[0].after["latex"]).replace("<", "&lt;") in page
    assert page.count("**") >= 2 * len(trace.steps)
    wrong = msgspec.structs.replace(trace.steps[0], label="first-error")
    assert "first-error" in as_markdown(msgspec.structs.replace(trace, steps=(wrong,)))
