"""What a command was asked for is written down so that it can be asked for again, and without secrets."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click
import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from rpsdg.cli import cli
from rpsdg.runs.commands.requests import RESUMABLE, request_of, words_again
from rpsdg.runs.ledger import Request, RunRow
from rpsdg.traces.errors import UsageError


def asked(*words: str) -> Request:
    """Return the request of a command line."""
    name, *rest = words
    with RESUMABLE[name].command.make_context(name, rest, parent=click.Context(cli)) as context:
        request = request_of(context)
    assert request is not None
    return request


def params(name: str, words: list[str]) -> dict[str, Any]:
    """Return what click makes of a command line."""
    with RESUMABLE[name].command.make_context(name, list(words), parent=click.Context(cli)) as context:
        return dict(context.params)


def run_of(request: Request) -> RunRow:
    return RunRow(1, request, "0.1.0", "there:1:2", "", 0.0, 0.0, None, None, "", None, "", 0, 0, 0)


def values_of(option: click.Option) -> st.SearchStrategy[Any]:
    """Return what may stand behind an option."""
    if isinstance(option.type, click.Choice):
        return st.sampled_from(option.type.choices)
    if isinstance(option.type, click.IntRange):
        return st.integers(1, 50)
    if isinstance(option.type, click.FloatRange):
        return st.sampled_from([1.0, 0.5]) if option.type.max == 1 else st.floats(1, 1e6)
    return st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Z"]), min_size=1, max_size=9)


@st.composite
def command_lines(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return some command with some of its options."""
    name = draw(st.sampled_from(sorted(RESUMABLE)))
    about = RESUMABLE[name]
    words = []
    options = [one for one in about.command.params if isinstance(one, click.Option)]
    for option in draw(st.lists(st.sampled_from(options), unique=True)):
        if option.name in {about.folder, "python_version", *about.once}:
            continue
        spelled = draw(st.sampled_from([word for word in option.opts if word.startswith("--")]))
        words += [spelled] if option.is_flag else [f"{spelled}={draw(values_of(option))}"]
    arguments = [one for one in about.command.params if isinstance(one, click.Argument)]
    for argument in arguments:
        number = 1 if argument.nargs == 1 else draw(st.integers(0, 3))
        words += draw(st.lists(st.from_regex("[a-z]{1,8}", fullmatch=True), min_size=number, max_size=number))
    return name, [*words, *["--out=data"] * (not about.beside)]


@settings(max_examples=40, deadline=None)  # the first one imports much
@given(command_lines())
def test_a_command_line_comes_back_as_it_was(line: tuple[str, list[str]]) -> None:
    name, words = line
    again = words_again(run_of(_here(asked(name, *words))), Path("data"), {})

    expected = params(name, words)
    expected |= {"retry_parked": False} if "retry_parked" in expected else {}  # asked for once, not for ever
    assert params(name, again) == expected
    assert words_again(run_of(_here(asked(name, *again))), Path("data"), {}) == again


def _here(request: Request) -> Request:
    """Return the request with all places taken to be where they were: these are none."""
    return Request(request.command, request.arguments, {}, request.withheld)


def test_of_commands_that_call_each_other_the_outermost_is_meant() -> None:
    with click.Context(cli) as root, click.Context(RESUMABLE["demo"].command, parent=root) as demo:
        inner = click.Context(RESUMABLE["bugs"].command, parent=demo)
        found = request_of(inner)
        assert request_of(root) is None
    assert found is not None
    assert found.command == "demo"


def test_a_place_is_found_where_it_was_or_where_one_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here" / "project").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    run = run_of(asked("bugs", "project", "--out", "data", "--mix", "uniform"))
    assert run.request is not None
    assert run.request.places == {"source": str(tmp_path / "here/project")}  # the mixture is a name

    monkeypatch.chdir(tmp_path)
    assert words_again(run, Path("here/data"), {})[-1] == str(tmp_path / "here/project")
    (tmp_path / "here").rename(tmp_path / "there")  # as a copy on another machine has it
    monkeypatch.chdir(tmp_path / "there")
    assert words_again(run, Path("data"), {})[-1] == "project"
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"the source of this run, .* on there, is not here") as refused:
        words_again(run, Path("there/data"), {})
    assert "--source" in refused.value.hint
    again = words_again(run, Path("there/data"), {"source": "there/project"})
    assert params("bugs", again)["source"] == "there/project"


@pytest.mark.parametrize(
    "words",
    [
        ["git+https://me:hunter2@h.example/r.git@main"],
        ["https://hunter2@h.example/r.git"],
        [".", "--rewrite-url", "https://h.example/v1?key=hunter2", "--rewrite-model", "m"],
        [".", "--rewrite-url", "https://me:hunter2@h.example/v1", "--rewrite-model", "m"],
    ],
)
def test_secrets_are_withheld(words: list[str]) -> None:
    request = asked("bugs", *words, "--out", "data")

    assert "hunter2" not in repr(request)
    with pytest.raises(UsageError, match="was not written down") as refused:
        words_again(run_of(request), Path("data"), {})
    spelled = shlex.split(refused.value.hint.partition(": ")[2])
    assert spelled[:2] == ["rpsdg", "bugs"]
    assert "--out=data" in spelled


@pytest.mark.parametrize("source", ["ssh://git@h.example/r.git", "git@h.example:r.git", "pypi:toolz==1.0.0"])
def test_what_is_no_secret_is_kept(source: str) -> None:
    request = asked("bugs", source, "--out", "data")

    assert (request.arguments["source"], request.withheld, request.places) == (source, (), {})


def test_what_is_no_text_cannot_be_asked_for_again() -> None:
    line = ["caf\udce9", "--out", "data"]
    with RESUMABLE["bugs"].command.make_context("bugs", line, parent=click.Context(cli)) as context:
        assert request_of(context) is None


def test_an_argument_that_the_command_has_not_is_named() -> None:
    with pytest.raises(UsageError, match="`rpsdg math` has no argument `speed`") as refused:
        words_again(run_of(Request("math", {"speed": 3})), Path("data"), {})
    assert "0.1.0" in refused.value.hint
