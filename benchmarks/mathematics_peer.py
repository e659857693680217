"""What `mathematics` runs in the peers' own environments: items a second of one of them, as JSON.

    python mathematics_peer.py PEER SECONDS SEED < problems

The problems, integrals in SymPy's notation and one a line, are those that a forward solver is to solve.
Seconds are of the processor. What is made is counted; what is thrown away costs its time.
"""

from __future__ import annotations

import json
import random
import signal
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from types import FrameType
from typing import Any

_SOLVER_SECONDS = 5.0
"""How long the forward solver may take for one integral."""


def reasoning_gym_integration(seed: int) -> Iterator[bool]:
    """Make an integral and its antiderivative, of both kinds in turn."""
    return _reasoning_gym(("simple_integration", "intermediate_integration"), seed)


def reasoning_gym_equations(seed: int) -> Iterator[bool]:
    """Make an equation and its solutions, of both kinds in turn."""
    return _reasoning_gym(("simple_equations", "polynomial_equations"), seed)


def _reasoning_gym(names: tuple[str, ...], seed: int) -> Iterator[bool]:
    import reasoning_gym  # only there

    made = [reasoning_gym.create_dataset(name, size=1_000_000, seed=seed) for name in names]
    index = 0
    while True:
        yield bool(made[index % len(made)][index])
        index += 1


def mathematics_dataset_algebra(seed: int) -> Iterator[bool]:
    """Make a linear equation, a system of two, and the roots of a polynomial in turn."""
    import numpy  # there, and here as what matplotlib needs
    from mathematics_dataset import generate_settings  # type: ignore[import-not-found]  # only there
    from mathematics_dataset.modules import algebra  # type: ignore[import-not-found]  # only there

    random.seed(seed)
    numpy.random.seed(seed)
    modules = algebra.train(lambda entropy: entropy)
    while True:
        for name in ("linear_1d", "linear_2d", "polynomial_roots"):
            problem = modules[name]()
            yield (
                len(str(problem.question)) <= generate_settings.MAX_QUESTION_LENGTH
                and len(str(problem.answer)) <= generate_settings.MAX_ANSWER_LENGTH
            )


def backward_generator(seed: int) -> Iterator[bool]:
    """Differentiate random expressions."""
    from backward import backward  # type: ignore[import-not-found]  # beside this file

    rng = random.Random(seed)
    while True:
        yield backward(rng) is not None


def integral_steps(seed: int) -> Iterator[bool]:  # noqa: ARG001 - the problems are given
    """Let SymPy's solver find the steps of the given integrals."""
    import sympy
    from sympy.core.cache import clear_cache
    from sympy.integrals import manualintegrate

    problems = [sympy.sympify(line) for line in sys.stdin]
    signal.signal(signal.SIGALRM, _too_long)
    while True:
        for problem in problems:
            clear_cache()
            signal.setitimer(signal.ITIMER_REAL, _SOLVER_SECONDS)
            try:
                steps = manualintegrate.integral_steps(problem.function, problem.variables[0])
                found = not steps.contains_dont_know()
            except TimeoutError:
                found = False
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            yield found


def _too_long(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what a handler takes
    raise TimeoutError


PEERS: dict[str, tuple[Any, str]] = {
    "reasoning-gym-integration": (reasoning_gym_integration, "reasoning-gym"),
    "reasoning-gym-equations": (reasoning_gym_equations, "reasoning-gym"),
    "mathematics-dataset": (mathematics_dataset_algebra, "mathematics-dataset"),
    "backward": (backward_generator, "sympy"),
    "integral-steps": (integral_steps, "sympy"),
}


def main() -> None:
    """Make items until the time is up."""
    make, package = PEERS[sys.argv[1]]
    items = make(int(sys.argv[3]))
    next(items)  # imports and first-time work are not counted
    made = tried = 0
    begin = time.process_time()
    while (took := time.process_time() - begin) < float(sys.argv[2]):
        made += next(items)
        tried += 1
    print(json.dumps({"version": version(package), "rate": made / took, "yield": made / max(1, tried)}))


if __name__ == "__main__":
    main()
