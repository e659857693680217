"""What nodes must have in common with the driver."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from rpsdg.runs.cluster.calls import Failure, call
from rpsdg.runs.cluster.identity import differences, identity

VERSIONS = st.dictionaries(st.sampled_from(["Python", "rpsdg", "sympy"]), st.sampled_from(["1", "2"]))


@given(VERSIONS, VERSIONS)
def test_every_difference_is_named(here: dict[str, str], there: dict[str, str]) -> None:
    told = differences(here, there)

    assert (told == []) == (here == there)
    assert len(told) == sum(here.get(name) != there.get(name) for name in {*here, *there})


def test_another_process_of_this_environment_is_the_same() -> None:
    program = "from rpsdg.runs.cluster.identity import identity; print(sorted(identity().items()))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == str(sorted(identity().items()))
    assert {"Python", "rpsdg", "libcst", "sympy"} <= identity().keys()
    assert identity(["sympy", "nosuch-package"]) == {"sympy": identity()["sympy"], "nosuch-package": "none"}


def test_a_call_is_refused_where_versions_differ() -> None:
    answer = call({**identity(), "sympy": "0.1"}, divmod, (7, 2))

    assert isinstance(answer, Failure)
    assert "sympy 0.1 is here" in str(answer.error())
    assert call(identity(), divmod, (7, 2)) == (3, 1)
