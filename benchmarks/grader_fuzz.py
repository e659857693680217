"""Does the grader end on every input, without an exception and within its counted work?

Half of the inputs are formulas grown from a grammar, with stacked exponents, nested functions and large
numbers; the others are answers of the adversarial suite, mutated as formulas are built: pieces of LaTeX and
plain text put in, doubled, exchanged and left out, brackets nested, numbers grown, two answers spliced. Each
is graded against a problem of the suite; some are marked as solutions of several lines. Input number i
depends on the seed and i alone.

    python -m benchmarks grader_fuzz --inputs N [--seed S] [--first I]

`ours` is what was seen, `peer` what is allowed: no exception, and no more work than a grading may cost. The
time of the slowest input is that of the processor; there is no promise about it besides the work.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import msgspec

from rpsdg.math_domains.grading import Kind, Problem, grade, mark_solution
from rpsdg.math_domains.grading.lexicon import FUNCTION_WORDS
from rpsdg.math_domains.grading.limits import MOST_WORK
from rpsdg.traces.errors import ExitCode

from .adversarial import cases
from .figure import Figure, compare, versions_of

__all__ = ["Fuzzed", "command", "fuzz", "run", "text_of"]

INPUTS, QUICK_INPUTS = 1_000_000, 2_000
MARKED = 20
"""Every how many inputs one is a solution of several lines."""
_MARKABLE = frozenset(Kind) - {Kind.EQUATION, Kind.LIST}
_WORDS = r"""
    \frac{ }{ } { ( ) [ ] \left( \right) | \left| \right| ^ ^{ _ ** * / + - ! % = < \le , ; or and \pm \sqrt
    \sqrt[3]{ sin \ln asinh( acosh( atanh( exp( tan( sec( log_2 10^ 9999999 0 1.5e60 0.000001 x y C e \pi oo
    \infty \int dx \boxed{ $ #### <answer> \text{ \begin{pmatrix} \end{pmatrix} & \\ \{ \} \cup \in \mathbb{R}
    \setminus 30! \binom{30}{15} ° ² ٣ √ ½ ∞ __import__('os') lambda x_1 \ldots {,} \, 1,000 \implies
    \int_{0}^{1} \int_{-1}^{x} \frac{d}{dx}
    \frac{d}{dx}\left[ \right]_{x=1} \Big|_{0}^{1} \right|_0^1 d/dx du \mathrm{d}x
    \begin{vmatrix} \end{vmatrix} \begin{array}{cc|cc} \end{array} \begin{array}{|c|} \det ^{-1} Matrix([[ ]])
    [[ ]] Inverse( Determinant( Sum( ,(k,1,99)) \sum_{k=1}^{200} \sum_{x=-9}^{9} \hline \phantom{ {x: \\[4pt]
"""
_SPLICES = (*_WORDS.split(), "The answer is ", "\n", "\x00", "\ud800", " or ", " and ", " ")
_AROUND = r"""
    (…) \frac{1}{…} \sqrt{…} (…)^{20} (…)^{40} e^{…} 2^{…} asinh(…) \sin(…) \ln|…| \left(…\right)^2 \{…\}
    \int_{0}^{1}…\,dx \frac{d}{dx}\left[…\right] \left[…\right]_{1}^{9} \left[…\right]_{x=1}
    -… \tan(10^{9}…) \boxed{…} $…$ 1/(…) |…| […) x^{…}
    \begin{pmatrix}…&1\\2&x\end{pmatrix} \begin{vmatrix}…&1\\2&x\end{vmatrix} \det(…) (…)^{-1} (…)^6
    Matrix([[…,1],[2,3]]) [[…,1],[2,3]] [1,…;2,3] \sum_{k=1}^{9}… \sum_{k=1}^{200}(…) Sum(…,(k,0,9))
    \left(\begin{array}{cc|c}1&…&0\\0&1&x\end{array}\right) (…)(1) {x:…,y:1}
"""
_WRAPPERS = [wrapper.split("…") for wrapper in _AROUND.split()]
_FUNCTIONS = sorted(FUNCTION_WORDS)
_ENDS = "x x y t C pi e 0 1 2 3 7 10 0.5 1/3 10^9 20! oo"
_LEAVES = _ENDS.split()
_SHAPES = (
    "{}", "{} + C", "x = {}", "x = {} or x = {}", "x > {}", "{} < x <= {}", "[{}, {})", "({}, {})",
    "{}, {}, {}", "x = {}, y = {}", "{} = {}", "x = {} \\pm {}",
    "(-oo, {}] \\cup [{}, oo)", "[[{}, {}], [{}, {}]]",
    "\\mathbb{{R}} \\setminus \\{{{}\\}}", "\\frac{{{}}}{{{}}}", "\\int {} dx = {}", "{}\n= {}\n= {}",
    "x = {}\nx = {}", "\\{{{}, {}\\}}", "\\int_{{{}}}^{{{}}} {} dx = {}\n= \\left[{}\\right]_{{0}}^{{1}}",
    "\\frac{{d}}{{dx}}\\left[{}\\right]\n= {}\n= {} \\frac{{d}}{{dx}} {}", "{} = {}, x = {}\ny = {}",
)  # fmt: skip

_log = logging.getLogger(__name__)


@dataclass
class Fuzzed:
    """What became of the inputs so far."""

    inputs: int = 0
    right: int = 0
    most_work: int = 0
    slowest: float = 0.0
    """Seconds of the processor."""
    slowest_input: str = ""
    raised: int = 0


def text_of(seed: int, number: int, answers: Sequence[str]) -> str:
    """Return the input with a number."""
    rng = Random(f"{seed} {number}")
    if rng.random() < 0.5:
        shape = rng.choice(_SHAPES)
        return shape.format(*(_grown(rng, rng.randrange(9)) for _ in range(5)))
    text = rng.choice(answers)
    for _ in range(rng.choice((1, 1, 2, 3, 5, 8, 13, 40))):
        text = _mutated(text, rng, answers)[:30_000]
    return text


def _grown(rng: Random, depth: int) -> str:
    """Return a well-formed expression."""
    if depth <= 0:
        return (
            rng.choice(_LEAVES)
            if rng.random() < 0.9
            else str(rng.randrange(10 ** rng.choice((2, 9, 40, 60))))
        )
    inner = _grown(rng, depth - rng.choice((1, 1, 2)))
    kind = rng.random()
    if kind < 0.3:
        return f"{rng.choice(_FUNCTIONS)}({inner})"
    if kind < 0.45:
        return f"({inner})^{{{rng.choice(('2', '3', '-1', '40', '1/2', '999', 'x'))}}}"
    other = _grown(rng, depth - rng.choice((1, 2, 4)))
    return f"({inner}) {rng.choice('+-*/^')} ({other})" if kind < 0.9 else f"\\frac{{{inner}}}{{{other}}}"


def _mutated(text: str, rng: Random, answers: Sequence[str]) -> str:
    place, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
    match rng.randrange(9):
        case 0:
            return text[:place] + rng.choice(_SPLICES) + text[place:]
        case 1:
            return text[:place] + text[end:]
        case 2:
            return text[:end] + text[place:end] * rng.choice((1, 1, 2, 5, 30)) + text[end:]
        case 3:
            left, right = rng.choice(_WRAPPERS)
            return text[:place] + left + text[place:end] + right + text[end:]
        case 4:
            left, right = rng.choice(_WRAPPERS)
            times = rng.choice((1, 2, 4, 8, 25, 100))
            return left * times + text + right * times
        case 5:
            return text[:place] + rng.choice(answers) + text[end:]
        case 6:
            return text + rng.choice("+-*/^=,|\n") + rng.choice(answers)
        case 7:
            digits = [k for k, sign in enumerate(text) if sign in "0123456789"]
            if not digits:
                return text + "9" * rng.choice((1, 5, 70))
            at = rng.choice(digits)
            return text[:at] + str(rng.randrange(10 ** rng.choice((1, 2, 9, 50)))) + text[at + 1 :]
    return (
        text[:place] + chr(rng.choice((rng.randrange(32, 127), rng.randrange(0x3000), 0x1D465))) + text[end:]
    )


def fuzz(inputs: int, *, seed: int = 0, first: int = 0) -> Fuzzed:
    """Grade that many inputs, and report on them.

    Args:
        inputs: how many.
        seed: of all of them.
        first: the number of the first.
    """
    suite = cases()
    answers = [case.answer for case in suite]
    problems = list({case.problem: None for case in suite})
    markable = [problem for problem in problems if problem.kind in _MARKABLE]
    seen = Fuzzed()
    for number in range(first, first + inputs):
        text = text_of(seed, number, answers)
        marked = number % MARKED == 0
        problem = (markable if marked else problems)[number % len(markable if marked else problems)]
        begin = time.process_time()
        try:
            _look(problem, text, marked, seen)
        except Exception:  # noqa: BLE001 - any exception at all is what is looked for
            seen.raised += 1
            _log.exception("input %d of seed %d raised: %r", number, seed, text[:300])
        seconds = time.process_time() - begin
        seen.inputs += 1
        if seconds > seen.slowest:
            seen.slowest, seen.slowest_input = seconds, text
        if seen.inputs % 100_000 == 0:
            _log.info("%d inputs, slowest %.1f ms, raised %d", seen.inputs, 1e3 * seen.slowest, seen.raised)
    return seen


def _look(problem: Problem, text: str, marked: bool, seen: Fuzzed) -> None:
    if marked:
        mark_solution(problem, text)
        return
    found = grade(problem, text)
    seen.right += found.right
    seen.most_work = max(seen.most_work, found.work)


def run(quick: bool, *, inputs: int | None = None, seed: int = 0, first: int = 0) -> Iterator[Figure]:
    """Fuzz the grader.

    Args:
        quick: fewer inputs.
        inputs: how many instead.
        seed: of all of them.
        first: the number of the first.
    """
    seen = fuzz(inputs or (QUICK_INPUTS if quick else INPUTS), seed=seed, first=first)
    _log.info("the slowest input: %r", seen.slowest_input[:300])
    for name, ours, allowed, unit in (
        ("exceptions", seen.raised, 0, "inputs"),
        ("most work of one grading", seen.most_work, MOST_WORK, "units"),
        ("slowest input (the peer has no say)", 1e3 * seen.slowest, 0, "ms"),
    ):
        title = f"{seen.inputs:,} inputs, {seen.right:,} right: {name}"
        yield compare(title, ours, allowed, unit=unit, better="neither", versions=versions_of("python-flint"))


def command(arguments: Sequence[str]) -> int:
    """Run it with a number of inputs; the exit status says whether any of them raised."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks grader_fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=INPUTS, metavar="N", help="how many inputs")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of all of them")
    parser.add_argument("--first", type=int, default=0, metavar="I", help="number of the first")
    options = parser.parse_args(arguments)
    raised = 0.0
    for figure in run(False, inputs=options.inputs, seed=options.seed, first=options.first):
        print(msgspec.json.encode(figure).decode())
        raised += figure.ours if "exceptions" in figure.figure else 0
    return ExitCode.INTERNAL if raised else ExitCode.OK
