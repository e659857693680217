"""A rewritten statement is taken when it keeps the facts and gives nothing away; else the old one stays."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from rpsdg.mutators.statements import write
from rpsdg.mutators.statements.rewrite import KEY, Endpoint, Rewritten, rewrite
from rpsdg.traces.errors import UsageError

from .test_statements import FIXED, GUARD, PROGRAM, SAMPLES, tree

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


class Server(ThreadingHTTPServer):
    """An endpoint that answers as it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Answer] = []
        self.asked: list[dict[str, Any]] = []
        self.released = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is expected."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({"path": self.path, "key": self.headers["Authorization"], **body})
        answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        status, data = answer(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


def says(change: Callable[[str], str]) -> Answer:
    def answer(body: dict[str, Any]) -> tuple[int, bytes]:
        text = change(body["messages"][-1]["content"])
        return 200, json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()

    return answer


def status(number: int) -> Answer:
    return lambda _: (number, b"{}")


def raw(data: bytes) -> Answer:
    return lambda _: (200, data)


FACTS, _ = SAMPLES["wrong"]
BUGGY = tree(PROGRAM.replace(GUARD, ""))
STATEMENT = write(FACTS, "failing-call", "high", "s")


def run(server: Server, *answers: Answer, timeout: float = 10) -> Rewritten:
    server.answers = list(answers)
    endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}/v1", "some-model", "secret", timeout)
    return rewrite(STATEMENT, FACTS, endpoint, moves=[], buggy=BUGGY, fixed=FIXED, sleep=lambda _: None)


def test_a_good_answer_is_taken(server: Server) -> None:
    found = run(server, says(lambda text: f"Good day to you!\n\n{text}"))
    assert found.refused is None
    assert found.statement.name == "failing-call/high+rewritten"
    assert found.statement.text == f"Good day to you!\n\n{STATEMENT.text}"
    (asked,) = server.asked
    assert (asked["path"], asked["key"]) == ("/v1/chat/completions", "Bearer secret")
    assert (asked["model"], asked["temperature"]) == ("some-model", 0)
    assert asked["messages"][-1] == {"role": "user", "content": STATEMENT.text}


def test_a_fence_around_the_answer_is_taken_off(server: Server) -> None:
    found = run(server, says(lambda text: f"```markdown\n{text.strip()}\n```\n"))
    assert found.statement.text == STATEMENT.text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text + "\nThe guard against crossed limits is missing.", "`crossed`"),
        (lambda text: text + "\nSee sizes.py, line 6.", "line of the edit"),
        (lambda text: text + "\nUse `sorted`.", "makes up `sorted`"),
        (lambda text: text.replace("99", "98"), "`98`"),
        (lambda text: "Something is wrong.", "it loses"),
        (lambda text: "", "empty"),
        (lambda text: text * 9, "longer"),
        (lambda text: text + "\x1b[31m", "control"),
    ],
)
def test_a_bad_answer_is_refused(server: Server, change: Callable[[str], str], why: str) -> None:
    found = run(server, says(change))
    assert found.statement == STATEMENT
    assert found.refused is not None
    assert why in found.refused


def test_needed_names_must_stay(server: Server) -> None:
    facts, buggy = SAMPLES["broken"]
    statement = write(facts, "vague-symptom", "low", "s")
    server.answers = [says(lambda text: text.replace("Box", "box"))]
    endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}", "m")
    found = rewrite(statement, facts, endpoint, moves=[], buggy=buggy, fixed=FIXED)
    assert found == Rewritten(statement, "it loses `Box`, which the tests need")
    assert server.asked[0]["key"] is None


@pytest.mark.parametrize(
    ("answer", "why", "asked"),
    [
        (status(500), "status 500", 3),
        (status(429), "status 429", 3),
        (status(401), "status 401", 1),
        (status(302), "status 302", 1),
        (raw(b"<html>"), "not JSON", 1),
        (raw(b"[" * 100_000), "not JSON", 1),
        (raw(b'{"choices": []}'), "no `choices", 1),
        (raw(b'{"choices": [{"message": {"content": null}}]}'), "no `choices", 1),
        (raw(b" " * 1_100_000), "too long", 1),
    ],
)
def test_no_answer(server: Server, answer: Answer, why: str, asked: int) -> None:
    found = run(server, answer)
    assert found.statement == STATEMENT
    assert found.refused is not None
    assert why in found.refused
    assert len(server.asked) == asked


def test_an_endpoint_that_recovers(server: Server) -> None:
    found = run(server, status(503), status(500), says(lambda text: text))
    assert found.refused is None
    assert len(server.asked) == 3


def test_an_endpoint_that_takes_too_long(server: Server) -> None:
    def never(_: dict[str, Any]) -> tuple[int, bytes]:
        server.released.wait(30)
        return 200, b""

    found = run(server, never, timeout=0.2)
    assert found == Rewritten(STATEMENT, "the endpoint does not answer (ReadTimeout)")


def test_an_endpoint_that_is_not_there() -> None:
    endpoint = Endpoint("http://127.0.0.1:1", "m", attempts=2)
    waited: list[float] = []
    found = rewrite(STATEMENT, FACTS, endpoint, moves=[], buggy=BUGGY, fixed=FIXED, sleep=waited.append)
    assert found == Rewritten(STATEMENT, "the endpoint does not answer (ConnectionError)")
    assert waited == [1.0]


def test_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "k")
    endpoint = Endpoint.from_environment("https://host/v1/", "m")
    assert (endpoint.address, endpoint.key) == ("https://host/v1/chat/completions", "k")
    assert Endpoint("https://host/chat/completions", "m").address == "https://host/chat/completions"
    for url, model in [("host", "m"), ("file:///etc/passwd", "m"), ("https://host", " ")]:
        with pytest.raises(UsageError):
            Endpoint.from_environment(url, model)
