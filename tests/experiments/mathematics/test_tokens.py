"""Text as tokens and back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpsdg.experiments.mathematics.telling import answer_of, prompt
from rpsdg.experiments.mathematics.tokens import END, GO, STEP, WRONG, Tokenizer
from rpsdg.math_domains.grading import Problem, score
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.registry import all_families

TOKENIZER = Tokenizer([r"Divide both sides by $3$: \frac{x}{2} = \sin(x) \, dx \left"])


@given(st.lists(st.integers(END + 1, len(TOKENIZER) - 1), max_size=20))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_tokens_come_back(ids: list[int]) -> None:
    assert TOKENIZER.encode(TOKENIZER.decode(ids)) == ids


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_any_text_is_read_and_said_the_same_again(text: str) -> None:
    ids = TOKENIZER.encode(text)
    assert all(token > END for token in ids)
    assert TOKENIZER.encode(TOKENIZER.decode(ids)) == ids


def test_digits_are_apart_and_words_are_not() -> None:
    assert len(TOKENIZER.encode("1234")) == 4
    assert len(TOKENIZER.encode(r"Divide \frac")) == 2
    assert TOKENIZER.decode(TOKENIZER.encode("quite new")) == "q u i t e n e w"


@pytest.mark.parametrize("family", ["linear-equation", "expand-polynomial", "integral-by-substitution"])
def test_right_answers_are_right_after_they_were_tokens(family: str) -> None:
    traces = [Problems(all_families()[family], seed=5)[number] for number in range(30)]
    tokenizer = Tokenizer(str(trace.answer.state["latex"]) for trace in traces)
    for trace in traces:
        answer = tokenizer.encode(str(trace.answer.state["latex"]))
        written = [*tokenizer.encode(prompt(trace)), STEP, *answer, END]
        assert score(Problem.of(trace), answer_of(written, tokenizer)) == 1.0


def test_who_comes_to_no_end_has_no_answer() -> None:
    ids = TOKENIZER.encode("x=2")
    assert answer_of([*ids, STEP, *ids], TOKENIZER) == ""
    assert answer_of([*ids, WRONG, *ids, END, GO], TOKENIZER) == "x=2"
