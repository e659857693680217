"""What the experiment is made of, read from a file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec

from rpsdg.mutators.mix import Mix
from rpsdg.traces.errors import UsageError

__all__ = ["MIXES", "Plan", "Program", "mixture", "read_plan"]

MIXES = Path(__file__).parent / "mixes"
"""Mixtures of mutators beside those that come with rpsdg."""


class _History(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str


class Mine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is mined."""

    bugs: int
    commits: int


class Program(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program that bugs are put into."""

    source: str
    """As `rpsdg bugs` takes it."""
    repository: str
    """Public address of its history, by which it is kept out of the tests."""

    @property
    def name(self) -> str:
        """Its source in a form that can be the name of a file."""
        return self.source.removeprefix("pypi:").replace("==", "-").replace("/", "_")


class Training(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which bugs are injected."""

    bugs: int
    """In each program, of each mixture."""
    seed: int
    mixtures: tuple[str, ...]
    """By name; the first is the one that is compared with what learned nothing."""
    programs: tuple[Program, ...]


class Evaluate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How localisers are trained and compared."""

    seeds: tuple[int, ...]
    share: float
    """Of the injected bugs of each program, which the localiser of one seed is trained on."""
    resamples: int
    """Of a bootstrap."""


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole experiment."""

    mine: Mine
    histories: tuple[_History, ...]
    training: Training
    evaluate: Evaluate

    def digest(self, name: str) -> str:
        """Return what the injected bugs of a mixture depend on besides the program, as a name."""
        mix = Mix.load(mixture(name)).describe()
        return hashlib.sha256(msgspec.json.encode([self.training.seed, mix])).hexdigest()[:12]

    def quick(self) -> Plan:
        """Return a plan that shows the direction in minutes."""
        return msgspec.structs.replace(
            self,
            mine=Mine(3, 40),
            histories=self.histories[:12],
            training=msgspec.structs.replace(self.training, bugs=10, programs=self.training.programs[:3]),
            evaluate=Evaluate(self.evaluate.seeds[:3], self.evaluate.share, 1000),
        )


def read_plan(path: Path | None = None) -> Plan:
    """Return the plan of a file, or the one that comes with the experiment.

    Raises:
        UsageError: it cannot be read, is no plan, or would test on what it trains on.
    """
    try:
        data = path.read_bytes() if path is not None else (files(__package__) / "plan.toml").read_bytes()
        plan = msgspec.toml.decode(data, type=Plan)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(
            f"`{path}` is no plan of this experiment: {error}", hint="See experiments/localisation/plan.toml."
        ) from error
    for fault in _faults(plan):
        raise UsageError(
            f"`{path or 'plan.toml'}` {fault}",
            hint="See experiments/localisation/plan.toml for one that works.",
        )
    for name in plan.training.mixtures:
        Mix.load(mixture(name))  # raises if it names a rule or a family that there is not
    return plan


def mixture(name: str) -> str:
    """Return what `rpsdg bugs --mix` takes for a mixture of the plan: a name, or the path of a file here."""
    own = MIXES / f"{name}.toml"
    return str(own) if own.exists() else name


def _faults(plan: Plan) -> Iterator[str]:
    tested = [_plain(history.url) for history in plan.histories]
    trained = [_plain(program.repository) for program in plan.training.programs]
    for address in sorted(set(tested) & set(trained)):
        yield f"both trains and tests on {address}"
    # A fork, or a move to another owner, keeps the name.
    names = {_name(address) for address in tested}
    for program in plan.training.programs:
        if {_name(_plain(program.repository)), _name(program.name.rpartition("-")[0])} & names:
            yield f"trains on `{program.source}` and tests on a history of the same name"
    everything: dict[str, list[str] | list[int]] = {
        "history": tested,
        "program": [program.source for program in plan.training.programs],
        "mixture": list(plan.training.mixtures),
        "seed": list(plan.evaluate.seeds),
    }
    for what, listed in everything.items():
        twice = [one for one, times in Counter(map(str, listed)).items() if times > 1]
        if twice:
            yield f"names the {what} {twice[0]} twice"
        if not listed:
            yield f"names no {what}"
    if len(plan.training.programs) == 1:
        yield "names one program alone, and models are chosen on a program that they were not trained on"
    if not 0 < plan.evaluate.share <= 1:
        yield f"has a share of {plan.evaluate.share}, where more than 0 and at most 1 was expected"
    sizes = (plan.mine.bugs, plan.mine.commits, plan.training.bugs, plan.evaluate.resamples)
    if min(sizes) < 1:
        yield "has a number of bugs, commits or resamples below 1"


def _plain(address: str) -> str:
    return address.strip().rstrip("/").removesuffix(".git").lower()


def _name(address: str) -> str:
    """Return the bare name of a project: `python-sortedcontainers` is called `sortedcontainers` elsewhere."""
    last = address.rsplit("/", 1)[-1].lower().replace("_", "-")
    return last.removeprefix("python-").removesuffix("-python").removesuffix(".py")
