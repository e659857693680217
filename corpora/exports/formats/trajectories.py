"""Solutions as runs of agents: a file for each, as mini-swe-agent and Harbor keep theirs."""

from __future__ import annotations

import json
import shlex
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, ClassVar

import msgspec

from rpsdg.corpora.exports.answers import CODE, is_right
from rpsdg.corpora.exports.base import Export, Job, UnfitError
from rpsdg.corpora.exports.facts import facts_of
from rpsdg.corpora.exports.tools import CLOSING, TOOLS, Turn, turns
from rpsdg.traces.record import Trace

__all__ = ["Atif", "MiniSweAgent"]


class _Trajectories(Export):
    """A folder with a file for each trace."""

    kind = "folder"
    domains = CODE
    ending: ClassVar[str]

    @abstractmethod
    def told(self, trace: Trace, job: Job) -> dict[str, Any]:
        """Return a trace as the file holds it.

        Raises:
            UnfitError: it cannot be told so.
        """

    def write(self, job: Job) -> None:
        """Write the files."""
        job.out.mkdir()
        for trace in job.traces():
            try:
                data = msgspec.json.encode(self.told(trace, job))
            except UnfitError as unfit:
                job.dropped(str(unfit))
                continue
            except UnicodeEncodeError:
                job.dropped("text that is not UTF-8")
                continue
            (job.out / f"{trace.id}{self.ending}").write_bytes(msgspec.json.format(data, indent=1) + b"\n")
            job.wrote()


class MiniSweAgent(_Trajectories):
    """mini-swe-agent: trajectories in which every tool call is a bash command that does the same."""

    name: ClassVar[str] = "mini-swe-agent"
    ending = ".traj.json"

    def told(self, trace: Trace, job: Job) -> dict[str, Any]:
        """Return the trajectory; run again, each command prints what it is answered with."""
        messages: list[dict[str, Any]] = [
            {"role": "system", "content": "You are a helpful assistant that can interact with a computer."},
            {"role": "user", "content": f"Please solve this issue: {trace.problem.statement}"},
        ]
        calls = [*turns(trace), (CLOSING, "run", {"command": _SUBMIT}, trace.answer.text)]
        for number, (said, _, _, observation) in enumerate(calls):
            command, identity = _bash(calls[number]), f"call_{number}"
            call = {
                "id": identity,
                "type": "function",
                "function": {"name": "bash", "arguments": json.dumps({"command": command})},
            }
            actions = [{"command": command, "tool_call_id": identity}]
            messages.append(
                {"role": "assistant", "content": said, "tool_calls": [call], "extra": {"actions": actions}}
            )
            if number < len(calls) - 1:
                extra = {"raw_output": observation}
                messages.append(
                    {"role": "tool", "tool_call_id": identity, "content": observation, "extra": extra}
                )
        end = {"exit_status": "Submitted", "submission": trace.answer.text}
        messages.append({"role": "exit", "content": trace.answer.text, "extra": end})
        return {
            "info": {
                "model_stats": {"instance_cost": 0.0, "api_calls": len(calls)},
                "config": {"agent_type": "rpsdg"},
                "mini_version": "2.4.6",
                **end,
                "rpsdg": facts_of(trace, job.dataset),
            },
            "messages": messages,
            "trajectory_format": "mini-swe-agent-1.1",
        }


_SUBMIT = ["bash", "-c", "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT && git diff"]
_EDIT = """\
import sys
path, old, new = sys.argv[1:]
data = open(path, "rb").read()
assert data.count(old.encode()) == 1
open(path, "wb").write(data.replace(old.encode(), new.encode()))
sys.stdout.write(path + ": 1 place replaced.")"""


def _bash(turn: Turn) -> str:
    """Return the command that does what a tool call does."""
    _, tool, arguments, _ = turn
    if tool == "run":
        command = [str(word) for word in arguments["command"]]
        return command[2] if command == _SUBMIT else shlex.join(command)
    path = str(PurePosixPath(arguments["path"]))
    if tool == "read":
        first, last = int(arguments["first"]), int(arguments["last"])
        shown = f'NR >= {first} && NR <= {last} {{ printf "%5d  %s\\n", NR, $0 }}'
        return shlex.join(["awk", shown, f"./{path}"])
    return shlex.join(["python", "-c", _EDIT, path, str(arguments["old"]), str(arguments["new"])])


class Atif(_Trajectories):
    """ATIF: trajectories in Harbor's interchange format, with the tool calls as they were made."""

    name: ClassVar[str] = "atif"
    ending = ".json"

    def told(self, trace: Trace, job: Job) -> dict[str, Any]:
        """Return the trajectory."""
        if not is_right(trace):
            raise UnfitError("a wrong step in the solution")
        steps = [{"step_id": 1, "source": "user", "message": trace.problem.statement}]
        steps += _called(trace)
        steps.append({"step_id": len(steps) + 1, "source": "agent", "message": CLOSING})
        return {
            "schema_version": "ATIF-v1.8",
            "session_id": trace.id,
            "trajectory_id": trace.id,
            "agent": {
                "name": "rpsdg",
                "version": trace.provenance.generator,
                "tool_definitions": TOOLS,
            },
            "steps": steps,
            "final_metrics": {"total_steps": len(steps)},
            "extra": facts_of(trace, job.dataset),
        }


def _called(trace: Trace) -> Iterator[dict[str, Any]]:
    for number, (said, tool, arguments, observation) in enumerate(turns(trace), 2):
        call = {"tool_call_id": f"call_{number}", "function_name": tool, "arguments": arguments}
        result = {"source_call_id": f"call_{number}", "content": observation}
        yield {
            "step_id": number,
            "source": "agent",
            "message": said,
            "tool_calls": [call],
            "observation": {"results": [result]},
            "llm_call_count": 0,
        }
