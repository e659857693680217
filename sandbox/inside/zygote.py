"""Processes that have loaded what every candidate needs, and try each in a fork of themselves.

There are three. The *cold* one has imported pytest and what the tests need of other distributions, but
nothing of the project: its forks import the project with the candidate's source, so they are sound for every
edit. The *cool* one, its child, has gone with pytest as far as the collection, if nothing of the project is
needed for that but a conftest: its forks are as sound, and spared the start. The *warm* one, another child,
has collected the complete suite: its forks exchange one function's code, which is sound only where nothing of
that function ran at import, and many times quicker. Whoever sends a candidate says whether the warm one may
try it.

What comes out is a first impression: code under test runs in the process that reports, so no verdict that
counts is taken from here.

The cold one also bears whole runs of pytest, for candidates that share a sandbox: a fork that becomes what
`start.py` is, reports over its own channel, and is nobody's child but the supervisor's.
"""

from __future__ import annotations

import functools
import gc
import importlib
import importlib.metadata
import json
import os
import resource
import socket
import sys
import tempfile
import time
import types
from typing import Any, Callable, Dict, Generator, List, Optional, Set, Tuple

import pytest

from . import selection, start
from .compiled import Compiled, loaded
from .forks import RED, SLOWER, UNFIT, Forks, answer_all, be_dumpable, write
from .link import Json, receive, receive_files, send
from .runner import Runner, shared

_KIND = (
    0x04 | 0x08 | 0x20 | 0x80 | 0x200
)  # of a code object: takes *args or **kwargs, is a generator or coroutine


class Heir(BaseException):
    """Raised in a fork of the cold zygote that is to become a run of pytest, to leave all else behind."""

    def __init__(self, command: Json, files: List[int]) -> None:
        self.command = command
        self.files = files

    def become(self) -> None:
        """Become what `python start.py` is, with the standard input, output and channel handed over."""
        os.setsid()
        given, out, channel = self.files
        for number, file in enumerate((given, out, out)):
            os.dup2(file, number)
        for file in {given, out}:
            os.close(file)
        os.environ.clear()
        os.environ.update(self.command["env"])
        tempfile.tempdir = None
        sys.argv = [start.__file__, str(channel), *self.command["arguments"]]
        sys.path[:] = [os.path.dirname(start.__file__), *self.command["path"]]
        start.main()


class Warm:
    """The warm zygote: forks with the whole suite collected."""

    def __init__(self, link: socket.socket, known: List[str]) -> None:
        self.link = link
        self.known = frozenset(known)
        self.runner = Runner(self.serve)
        self.functions: Dict[Tuple[str, int, str], List[types.FunctionType]] = {}

    def serve(self, session: pytest.Session) -> None:
        """Tell what was collected, and try candidates until nobody wants any more."""
        tree = os.path.join(os.path.realpath(os.getcwd()), "")
        places: Dict[str, str] = {}
        for thing in gc.get_objects():
            if isinstance(thing, types.FunctionType):
                code = thing.__code__
                if code.co_filename not in places:
                    places[code.co_filename] = os.path.realpath(code.co_filename)
                key = (places[code.co_filename], code.co_firstlineno, code.co_name)
                self.functions.setdefault(key, []).append(thing)
        imported = [
            name
            for name, module in list(sys.modules.items())
            if name not in self.known and not _lies_in(module, tree) and getattr(module, "__file__", None)
        ]
        sys.dont_write_bytecode = True
        self.runner.take(session)
        # Forks of this process would not be independent of each other.
        alone = shared() <= self.runner.shared
        threads = len(os.listdir("/proc/self/task"))
        items = [item.nodeid for item in session.items]
        send(self.link, {"items": items, "imported": imported, "threads": threads, "sources": loaded(tree)})

        def work(command: Json, payload: bytes, say: Callable[[bytes], None]) -> Json:
            if not alone or not self.exchange(payload=payload, **command["swap"]):
                return {"outcome": UNFIT, "node": None}
            tests = [node for node, _ in command["tests"]]
            return self.runner.run(tests, say, command["through"])

        answer_all(self.link, Forks([self.link]), work)

    def exchange(self, path: str, line: int, name: str, payload: bytes) -> bool:
        """Give every function object of one definition new code; False if that cannot be done."""
        path = os.path.realpath(path)
        old = self.functions.get((path, line, name), [])
        new = [
            c
            for c in _codes(compile(payload, path, "exec", dont_inherit=True))
            if (c.co_firstlineno, c.co_name) == (line, name)
        ]
        if not old or len(new) != 1:
            return False
        for function in old:
            before = function.__code__
            if (before.co_freevars, _flags(before)) != (new[0].co_freevars, _flags(new[0])):
                return False
        for function in old:
            function.__code__ = new[0]
        return True


def _flags(code: types.CodeType) -> Tuple[int, int, int, int]:
    return code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags & _KIND


def _codes(code: types.CodeType) -> Generator[types.CodeType, None, None]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes(constant)


def _lies_in(module: Any, tree: str) -> bool:
    return os.path.realpath(getattr(module, "__file__", None) or "").startswith(tree)


class Cool:
    """The cool zygote: forks with pytest configured and nothing collected."""

    def __init__(self, link: socket.socket, tree: str, start: float) -> None:
        self.link = link
        self.tree = tree
        self.start = start
        self.runner = Runner(lambda session: None)
        self.served = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Say whether forks may start from here, and try candidates; in a fork, let pytest collect."""
        if self.served:
            return
        self.served = True
        # What is loaded of the project would be the untouched one, and what was started goes on as it.
        loaded = any(_lies_in(m, self.tree) and not _is_conftest(m) for m in list(sys.modules.values()))
        fit = not loaded and shared() <= self.runner.shared and _is_single()
        send(self.link, {"fit": fit})
        if not fit:
            os._exit(0)
        forks = Forks([self.link])
        forks.start = self.start
        answer_all(self.link, forks, functools.partial(self.collected, session))

    def collected(
        self, session: pytest.Session, command: Json, payload: bytes, say: Callable[[bytes], None]
    ) -> Json:
        """Collect the tests of a candidate and run them."""
        tests = [node for node, _ in command["tests"]]
        manager = session.config.pluginmanager
        manager.register(selection.Plugin(None, tests))
        try:
            session.config.hook.pytest_collection(session=session)
        except BaseException:  # pytest's own way to say that it cannot go on
            return {"outcome": RED, "node": tests[0], "failing": tests}
        self.runner.take(session)
        return self.runner.run(tests, say, command["through"])


def _is_conftest(module: Any) -> bool:
    return os.path.basename(getattr(module, "__file__", None) or "") == "conftest.py"


def _is_single() -> bool:
    """Say whether this process has no other threads and no children."""
    with open("/proc/self/stat", "rb") as file:
        threads = int(file.read().rpartition(b")")[2].split()[17])
    try:
        os.waitpid(-1, os.WNOHANG)
    except OSError:
        return threads == 1
    return False


class Cold:
    """The cold zygote: asks the others where they may be asked, and forks itself for the rest."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        settings, _ = receive(link)
        self.arguments: List[str] = settings["arguments"]
        self.number: str = settings["number"]
        self.tree = os.path.join(os.path.realpath(os.getcwd()), "")
        # What `python start.py` would look through.
        ours = {os.getcwd(), *os.environ["PYTHONPATH"].split(os.pathsep)}
        self.path = [folder for folder in sys.path if folder not in ours]
        self.forks = Forks([link])
        self.warm: Optional[socket.socket] = None
        self.cool: Optional[socket.socket] = None
        self.compiled = Compiled([])

    def start(self) -> None:
        """Fork the warm zygote, learn from it what to import, and say that all is ready."""
        near, far = socket.socketpair()
        known = list(sys.modules)
        began = time.monotonic()
        if not os.fork():
            be_dumpable(True)
            near.close()
            self.link.close()
            sys.dont_write_bytecode = False
            warm = Warm(far, known)
            try:
                pytest.main(self.arguments, plugins=[warm.runner])
            finally:
                os._exit(0)  # without an answer, if it did not come as far as the tests
        far.close()
        about, _ = receive(near)
        self.warm = near
        self.forks.private = [self.link, near]
        self.forks.start += SLOWER * (time.monotonic() - began)
        self.compiled = Compiled(about.pop("sources"))
        names = self._safe(about["imported"])
        for name in names:
            _import(name)
        self._start_cool()
        gc.collect()
        gc.freeze()
        del about["imported"]
        about["number"] = self.number
        send(self.link, about)

    def _start_cool(self) -> None:
        near, far = socket.socketpair()
        if not os.fork():
            be_dumpable(True)
            for link in (near, *self.forks.private):
                link.close()
            try:
                cool = Cool(far, self.tree, self.forks.start)
                pytest.main(self.arguments, plugins=[cool.runner, cool])
            finally:
                os._exit(0)  # without an answer, if it did not come as far as the collection
        far.close()
        try:
            about, _ = receive(near)
        except EOFError:
            about = {"fit": False}
        if about["fit"]:
            self.cool = near
            self.forks.private = [*self.forks.private, near]

    def serve(self) -> None:
        """Try candidates until nobody wants any more."""
        assert self.warm is not None
        while True:
            command, payload = receive(self.link)
            if "arguments" in command:
                self._bear(command)
                continue
            answer: Json = {"outcome": UNFIT}
            if command["swap"] is not None:
                send(self.warm, command, payload)
                answer, _ = receive(self.warm)
                answer["how"] = "swap"
            if answer["outcome"] == UNFIT and self.cool is not None:
                send(self.cool, command)
                answer, _ = receive(self.cool)
                answer["how"] = "import"
            elif answer["outcome"] == UNFIT:
                answer = self.forks.attempt(command, lambda say: self._imported(command, say))  # noqa: B023 - called at once
                answer["how"] = "import"
            answer["number"] = command["number"]
            send(self.link, answer)

    def _bear(self, command: Json) -> None:
        """Start a run of pytest in a fork, which the supervisor adopts because its parent ends at once."""
        files = receive_files(self.link, 3)
        self.compiled.prepare()
        source, sink = os.pipe()
        between = os.fork()
        if not between:
            os.close(source)
            child = os.fork()
            if child:
                write(sink, b"%d" % child)
                os._exit(0)
            os.close(sink)
            be_dumpable(True)
            for link in self.forks.private:
                link.close()
            self.compiled.install()
            raise Heir(dict(command, path=self.path), files)
        os.close(sink)
        for file in files:
            os.close(file)
        with open(source, "rb") as told:
            child = int(told.read())
        os.waitpid(between, 0)
        send(self.link, {"pid": child, "number": command["number"]})

    def _imported(self, command: Json, say: Callable[[bytes], None]) -> Json:
        tests = [node for node, _ in command["tests"]]
        found: List[Json] = []

        def loop(session: pytest.Session) -> None:
            runner.take(session)
            found.append(runner.run(tests, say, command["through"]))

        runner = Runner(loop)
        pytest.main(self.arguments, plugins=[runner, selection.Plugin(None, tests)])
        # Pytest did not come as far as the tests: not even the first of them passes.
        return found[0] if found else {"outcome": RED, "node": tests[0], "failing": tests}

    def _safe(self, names: List[str]) -> List[str]:
        """Return the modules that can be imported without importing the project, as a fork finds out.

        Those of pytest's plugins are left to pytest, which says so where somebody was quicker.
        """
        plugins = _plugins()
        names = [name for name in names if name.partition(".")[0] not in plugins]
        source, sink = os.pipe()
        child = os.fork()
        if not child:
            os.close(source)
            try:
                safe = []
                for name in names:
                    _import(name)
                    if any(_lies_in(module, self.tree) for module in list(sys.modules.values())):
                        break
                    safe.append(name)
                if len(os.listdir("/proc/self/task")) > 1:
                    safe = []  # forks of a process with threads may wait for ever
                write(sink, json.dumps(safe).encode("utf-8"))
            finally:
                os._exit(0)
        os.close(sink)
        with open(source, "rb") as file:
            told = file.read()
        os.waitpid(child, 0)
        return list(json.loads(told.decode("utf-8"))) if told else []


def _plugins() -> Set[str]:
    """Return the packages and modules of distributions that bring plugins for pytest."""
    found: Set[str] = set()
    for distribution in importlib.metadata.distributions():
        if any(entry.group == "pytest11" for entry in distribution.entry_points):
            for path in distribution.files or ():
                found.add(path.parts[0].partition(".")[0])
    return found


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except BaseException:  # of no use then; the project may know how to do it
        pass


def main() -> None:
    """Serve the supervisor that started this process."""
    link = socket.socket(fileno=int(os.environ.pop("RPSDG_ZYGOTE")))
    link.set_inheritable(False)
    sys.dont_write_bytecode = True  # only what is the same for every candidate is kept
    sys.pycache_prefix = os.environ.pop("RPSDG_PYCACHE")  # not in the tree
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    be_dumpable(False)
    cold = Cold(link)
    try:
        cold.start()
        cold.serve()
    except EOFError:
        os._exit(0)  # whoever wanted candidates tried is gone, or the suite cannot be collected
    except Heir as found:
        heir = found
    heir.become()


if __name__ == "__main__":
    main()
