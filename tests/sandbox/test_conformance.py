"""Every runner passes every check of the suite that ships with the contract."""

from __future__ import annotations

import os

import pytest

from rpsdg.sandbox import checks_common
from rpsdg.sandbox.checks_common import UnmetError, admitted, expect, expect_unaffected
from rpsdg.sandbox.checks_exhaustion import check_exhausting_tests, check_number_of_files
from rpsdg.sandbox.conformance import (
    CHECKS,
    Check,
    conformance_place,
    name_of,
    run_conformance,
)
from rpsdg.sandbox.contract import EnvironmentFailedError, Place, Sandbox
from rpsdg.sandbox.hostile import walls_of
from rpsdg.sandbox.hostile_cases import CASES
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings


@pytest.fixture(scope="session")
def places(settings: Settings) -> dict[str, Place]:
    return {}


@pytest.fixture
def place(sandbox: Sandbox, settings: Settings, places: dict[str, Place]) -> Place:
    if sandbox.base() not in places:
        places[sandbox.base()] = conformance_place(sandbox, settings)
    return places[sandbox.base()]


HUNGRY = {check_exhausting_tests, check_number_of_files}
"""Run for the local sandbox by test_local_in_a_container.py, and not on the bare machine."""


@pytest.mark.network
@pytest.mark.parametrize("check", CHECKS, ids=name_of)
def test_check(check: Check, sandbox: Sandbox, place: Place, settings: Settings) -> None:
    if check in HUNGRY and isinstance(sandbox, LocalSandbox):
        return
    detail = check(sandbox, place, settings.limits)
    # What is not contained is said among the caveats, and is what the hostile suite says of this sandbox.
    tried = [case for case in CASES if case.check == name_of(check)]
    open_here = any(walls_of(sandbox) in case.open for case in tried)
    if detail is not None:
        assert detail.removeprefix("not enforced here: ") in sandbox.caveats()
        assert open_here or (isinstance(sandbox, LocalSandbox) and not sandbox.bubblewrap)
    else:
        assert not open_here
    if os.environ.get("RPSDG_HOSTILE_ALONE") == "1":  # each by itself, in the nightly run
        expect_unaffected(sandbox, place, settings.limits)


def test_names_are_unique_and_every_check_says_what_it_checks() -> None:
    names = [name_of(check) for check in CHECKS]
    assert len(set(names)) == len(names)
    assert all((check.__doc__ or "").strip().endswith(".") for check in CHECKS)


def test_the_runner_of_checks_reports_instead_of_raising(
    plain_local_sandbox: LocalSandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_good(sandbox: Sandbox, place: Place, limits: object) -> None:
        """Holds."""

    def check_bad(sandbox: Sandbox, place: Place, limits: object) -> None:
        expect(False, "it does not hold")

    def check_admitted(sandbox: Sandbox, place: Place, limits: object) -> str | None:
        return admitted(sandbox, "use the network")

    where = "rpsdg.sandbox.conformance"
    monkeypatch.setattr(f"{where}.CHECKS", [check_good, check_bad, check_admitted])
    monkeypatch.setattr(f"{where}.prepare", lambda *_: (None, Place("nowhere", "3.11.0")))
    results = list(run_conformance(plain_local_sandbox, settings))
    assert [(name, passed) for name, passed, _ in results] == [
        ("environment", True),
        ("good", True),
        ("bad", False),
        ("admitted", True),
    ]
    assert results[2][2] == "UnmetError: it does not hold"
    assert results[3][2].startswith("not enforced here: Without bubblewrap")

    def fails(*_: object) -> None:
        raise EnvironmentFailedError("no index")

    monkeypatch.setattr(f"{where}.prepare", fails)
    assert list(run_conformance(plain_local_sandbox, settings)) == [
        ("environment", False, "EnvironmentFailedError: no index")
    ]


def test_expect() -> None:
    expect(1, "fine")
    with pytest.raises(UnmetError, match="not fine"):
        expect([], "not fine")
    assert checks_common.TINY.digest
