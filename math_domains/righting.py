"""The step that should have been made where one goes wrong."""

from __future__ import annotations

from msgspec import structs

from rpsdg.traces.record import Step, Trace

from .latex import Latex
from .reading import read
from .registry import all_families, all_rules
from .rewriting import Detail
from .text import SympyText
from .witnesses import Holds, judge_tape
from .writing import state_of

__all__ = ["NoRightStepError", "right_step"]


class NoRightStepError(LookupError):
    """A trace without a wrong step, or one whose rule is not known here or does not lead to a true step."""


def right_step(trace: Trace) -> Step:
    """Return the right step in place of a trace's first wrong one: the same rule at the same place, judged.

    Raises:
        NoRightStepError: there is none.
    """
    wrong = next((step for step in trace.steps if step.label == "first-error"), None)
    source = trace.provenance.source
    family, rule = all_families().get(str(source.get("family"))), all_rules().get(wrong.rule if wrong else "")
    if wrong is None or family is None or rule is None:
        raise NoRightStepError("no step is wrong, or its rule or its family is not known here")
    aim = {name: value for name, value in wrong.aim.items() if name != "mistake"}
    move, before = rule.aimed(aim), read(str(wrong.before["sympy"]))
    after = move.undo(before)
    (finding,) = judge_tape([before, after], assuming=family.assuming)
    if finding.holds is not Holds.YES:
        raise NoRightStepError(f"{wrong.rule} does not lead to a true step there")
    detail = source.get("detail")
    return structs.replace(
        wrong,
        aim=aim,
        after=state_of(after, Latex(), SympyText()),
        explanation=move.explain(Detail(detail) if detail in set(Detail) else Detail.STEP),
        label="correct",
        evidence=(finding.evidence,),
    )
