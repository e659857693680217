"""The conformance suite: what every sandbox passes, shipped so that a new runner is tested by existing.

A check is a function of a sandbox, the place of an environment that has pytest, and limits. It returns
None when the promise holds, raises when it does not, and returns a sentence when the sandbox openly does
not make it: then `Sandbox.caveats` must say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .checks_building import check_building_limits, check_building_walls, check_wheels
from .checks_common import TINY
from .checks_exhaustion import check_exhausting_tests, check_number_of_files
from .checks_forgery import check_forgeries, check_forgery_that_works, check_leftovers
from .checks_isolation import ISOLATION_CHECKS
from .checks_limits import LIMIT_CHECKS
from .checks_recordings import RECORDING_CHECKS
from .checks_reports import REPORT_CHECKS
from .checks_session import SESSION_CHECKS
from .checks_variations import VARIATION_CHECKS
from .checks_walls import check_walls
from .checks_zygote import ZYGOTE_CHECKS
from .contract import Limits, Place, Sandbox
from .environments import prepare
from .settings import Settings

__all__ = ["CHECKS", "Check", "conformance_place", "name_of", "run_conformance"]

Check = Callable[[Sandbox, Place, Limits], str | None]

CHECKS: list[Check] = [
    *SESSION_CHECKS,
    *LIMIT_CHECKS,
    *ISOLATION_CHECKS,
    *REPORT_CHECKS,
    *RECORDING_CHECKS,
    *VARIATION_CHECKS,
    *ZYGOTE_CHECKS,
    check_walls,
    check_exhausting_tests,
    check_number_of_files,
    check_forgeries,
    check_forgery_that_works,
    check_leftovers,
    check_building_walls,
    check_building_limits,
    check_wheels,
]
"""Every check."""


def name_of(check: Check) -> str:
    """Return a check's name, such as `no network`."""
    return getattr(check, "__name__", repr(check)).removeprefix("check_").replace("_", " ")


def conformance_place(sandbox: Sandbox, settings: Settings) -> Place:
    """Return the environment that the checks run in, built if need be."""
    return prepare(TINY, sandbox, settings)[1]


def run_conformance(sandbox: Sandbox, settings: Settings) -> Iterator[tuple[str, bool, str]]:
    """Run every check; yields its name, whether it passed, and a detail. Open sessions are ended."""
    try:
        place = conformance_place(sandbox, settings)
    except Exception as error:  # noqa: BLE001 - a broken sandbox may raise anything; the caller is told
        yield "environment", False, f"{type(error).__name__}: {error}"
        return
    yield "environment", True, f"Python {place.python}"
    for check in CHECKS:
        try:
            detail = check(sandbox, place, settings.limits)
        except Exception as error:  # noqa: BLE001 - as above
            yield name_of(check), False, f"{type(error).__name__}: {error}"
        else:
            yield name_of(check), True, detail or ""
