"""Records which functions of the program the tests call, with what, and what comes of it.

Only the border counts: calls that code of the tests makes and code of the program takes, whatever library
stands in between. Values are kept as the text that would write them down; one that is too long, too large or
cannot be shown is `UNSHOWN`, so that no two different values ever look the same because they were cut.
"""

from __future__ import annotations

import dis
import functools
import os
import re
import sys
import types
from typing import Any, Dict, Generator, List, Optional, Set, Tuple

import pytest

UNSHOWN = "\u2026"
MOST_CALLS = 300  # of one test
MOST_ITEMS = 200  # in a value, those inside it included
LONGEST = 400  # characters of a value
FAR = 12  # frames of libraries between a test and the program

OTHER, TESTS, PROGRAM = 0, 1, 2
_TESTS = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|[^/]*_tests?|tests?|conftest)\.py$")
_CACHED: Any = type(functools.lru_cache(maxsize=None)(len))
_GENERATOR, _ASYNCHRONOUS = 0x20, 0x80 | 0x200  # flags of code objects
_VARARGS, _VARKEYWORDS = 0x04, 0x08


class Entry:
    """One call, from its beginning to its end."""

    def __init__(self, frame: types.FrameType, head: List[Any]) -> None:
        self.frame: Optional[types.FrameType] = frame
        self.head = head
        self.ended: Optional[str] = None
        self.text = UNSHOWN
        self.items: List[str] = []

    def end(self, how: str, text: str) -> None:
        """Note how the call ended and let go of its frame."""
        self.ended, self.text, self.frame = how, text, None


class Plugin:
    """A pytest plugin: one `calls` event a test."""

    def __init__(self, channel: Any) -> None:
        self.channel = channel
        self.root = os.path.join(os.path.realpath(os.getcwd()), "")
        self.test_files: Set[str] = set()
        self.places: Dict[str, Tuple[int, str]] = {}
        self.busy = False
        self.reset()

    def reset(self) -> None:
        """Forget the last test."""
        self.entries: List[Entry] = []
        self.open: Dict[int, Entry] = {}
        self.raised: List[Entry] = []

    # --- what pytest calls

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Learn which files hold tests; a file with a doctest is still a file of the program."""
        for item in session.items:
            if type(item).__name__ != "DoctestItem":
                self.test_files.add(os.path.realpath(str(item.fspath)))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Start over."""
        self.reset()

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, None]:
        """Record what fixtures call."""
        yield from self.recording()

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, None]:
        """Record what the test calls."""
        yield from self.recording()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Tell which calls there were."""
        calls = [[*e.head, e.ended, e.text] for e in self.entries if e.ended is not None]
        self.channel.send("calls", nodeid, calls)
        self.reset()

    def recording(self) -> Generator[None, Any, None]:
        """Watch every call while pytest goes on."""
        before = sys.getprofile()
        sys.setprofile(self.watch)
        try:
            outcome = yield
        finally:
            sys.setprofile(before)
        if outcome.excinfo is not None:
            self.settle(outcome.excinfo[1])

    # --- what the interpreter calls

    def watch(self, frame: types.FrameType, event: str, value: Any) -> None:
        """Look at one event. An exception is known only once somebody handles it, some events later."""
        # Called for everything that is called anywhere, C functions included: most of it ends here.
        if not self.raised and (
            self.place(frame.f_code.co_filename)[0] != PROGRAM
            if event == "call"
            else event != "return" or id(frame) not in self.open
        ):
            return
        if self.busy:
            return
        self.busy = True
        try:
            if self.raised:
                error = sys.exc_info()[1]
                if error is not None:
                    self.settle(error)
            if event == "call":
                self.called(frame)
            elif event == "return" and id(frame) in self.open:
                self.returned(frame, value)
        finally:
            self.busy = False

    def called(self, frame: types.FrameType) -> None:
        """Open an entry if tests call the program here."""
        code = frame.f_code
        kind, path = self.place(code.co_filename)
        known = self.open.get(id(frame))
        if kind != PROGRAM or code.co_flags & _ASYNCHRONOUS or (known and known.frame is frame):
            return
        caller = None if len(self.entries) >= MOST_CALLS else self.calling_test(frame)
        if caller is None:
            return
        found = _function(frame)
        if found is not None:
            entry = Entry(frame, [path, *_head(frame, *found), *caller])
            self.entries.append(entry)
            self.open[id(frame)] = entry

    def returned(self, frame: types.FrameType, value: Any) -> None:
        """Close an entry, or take what a generator yields."""
        entry = self.open[id(frame)]
        operation = dis.opname[frame.f_code.co_code[frame.f_lasti]] if frame.f_lasti >= 0 else ""
        if "YIELD" in operation or operation == "RESUME":  # Python 3.13 is one instruction further
            if len(entry.items) <= MOST_ITEMS:
                entry.items.append(_text(value))
            return
        del self.open[id(frame)]
        if "RETURN_" not in operation:
            self.raised.append(entry)
        elif frame.f_code.co_flags & _GENERATOR:
            text = "[%s]" % ", ".join(entry.items)
            whole = UNSHOWN not in text and len(text) <= LONGEST
            entry.end("yielded", text if whole else UNSHOWN)
        else:
            entry.end("returned", _text(value))

    def settle(self, error: BaseException) -> None:
        """Give an exception to the calls that it came out of."""
        frames = set()
        traceback = error.__traceback__
        while traceback is not None:
            frames.add(id(traceback.tb_frame))
            traceback = traceback.tb_next
        for entry in list(self.raised):
            if id(entry.frame) in frames:
                self.raised.remove(entry)
                entry.end("raised", _said(error))

    # --- where code lies

    def place(self, filename: str) -> Tuple[int, str]:
        """Return what a file is, and its path in the tree."""
        try:
            return self.places[filename]
        except KeyError:
            return self.places.setdefault(filename, self.looked_up(filename))

    def looked_up(self, filename: str) -> Tuple[int, str]:
        """Find out what a file is."""
        if filename.startswith("<doctest "):
            return TESTS, filename
        full = os.path.realpath(filename)
        if not full.startswith(self.root) or not full.endswith(".py"):
            return OTHER, filename
        path = full[len(self.root) :]
        return (TESTS if full in self.test_files or _TESTS.search(path) else PROGRAM), path

    def calling_test(self, frame: types.FrameType) -> Optional[Tuple[str, int]]:
        """Return path and line of the test code that made the call, itself or through a library."""
        caller = frame.f_back
        for _ in range(1 if frame.f_code.co_flags & _GENERATOR else FAR):
            if caller is None:
                return None
            kind, path = self.place(caller.f_code.co_filename)
            if kind != OTHER:
                return (path, caller.f_lineno or 0) if kind == TESTS else None
            caller = caller.f_back
        return None


def _function(frame: types.FrameType) -> Optional[Tuple[str, str, Any]]:
    """Return kind, qualified name and object of the function that runs in a frame, if it has a name."""
    code = frame.f_code
    value = frame.f_globals.get(code.co_name)
    if _runs(value, code):
        return "function", code.co_name, value
    if not code.co_argcount:
        return None
    first: Any = frame.f_locals.get(code.co_varnames[0])
    own = issubclass(type(first), type)
    for cls in type.mro(first) if own and first is not type else type(first).__mro__:
        value = cls.__dict__.get(code.co_name)
        for kind, inner in (("attribute", getattr(value, "fget", None)), ("method", value)):
            if _runs(inner, code):
                name = "%s.%s" % ((first if own else type(first)).__name__, code.co_name)
                return ("classmethod" if own else kind), name, inner
    return None


def _runs(value: Any, code: types.CodeType) -> bool:
    return getattr(_plain(value), "__code__", None) is code


def _plain(value: Any) -> Any:
    """Return the function inside what C code of the standard library wraps around one."""
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if isinstance(value, _CACHED):
        value = value.__wrapped__
    return value if type(value) is types.FunctionType else None


def _head(frame: types.FrameType, kind: str, name: str, function: Any) -> List[Any]:
    """Return module, kind, name, receiver and arguments of a call that begins."""
    code, found = frame.f_code, frame.f_locals
    plain = _plain(function)
    names = list(code.co_varnames)
    positional = names[: code.co_argcount]
    keywords = names[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    rest = names[code.co_argcount + code.co_kwonlyargcount :]
    more = found.get(rest.pop(0), ()) if code.co_flags & _VARARGS else ()
    named = found.get(rest.pop(0), {}) if code.co_flags & _VARKEYWORDS else {}
    receiver = None if kind == "function" else _text(found.get(positional[0]))
    defaults = {positional[-1 - n]: v for n, v in enumerate(reversed(plain.__defaults__ or ()))}
    given: List[str] = []
    left_out = False
    for number, argument in enumerate(positional):
        if number == 0 and kind != "function":
            continue
        value = found.get(argument)
        needless = argument in defaults and defaults[argument] is value
        if needless and not more and number >= getattr(code, "co_posonlyargcount", 0):
            left_out = True
        else:
            given.append(("%s=" % argument if left_out else "") + _text(value))
    given += [_text(value) for value in more]
    for argument in keywords:
        if (
            argument not in (plain.__kwdefaults__ or {})
            or plain.__kwdefaults__[argument] is not found[argument]
        ):
            given.append("%s=%s" % (argument, _text(found.get(argument))))
    given += ["%s=%s" % (argument, _text(value)) for argument, value in named.items()]
    return [str(frame.f_globals.get("__name__", "")), kind, name, receiver, given]


def _text(value: Any) -> str:
    """Return how a value is written, or UNSHOWN."""
    try:
        if type(value) in (types.FunctionType, types.BuiltinFunctionType, type):
            name = value.__name__
            return name if name.isidentifier() else UNSHOWN
        if _size(value, MOST_ITEMS) > MOST_ITEMS:
            return UNSHOWN
        text = repr(value)
        return text if type(text) is str and len(text) <= LONGEST else UNSHOWN
    except Exception:  # a `repr` of the program's may raise anything
        return UNSHOWN


def _size(value: Any, most: int) -> int:
    """Count the items of a value built from the usual containers, and stop counting above `most`."""
    kind = type(value)
    if kind in (str, bytes, bytearray):
        return most + 1 if len(value) > LONGEST else 1
    if kind is int:
        return most + 1 if value.bit_length() > 3 * LONGEST else 1
    if kind not in (list, tuple, dict, set, frozenset):
        return 1
    count = 1 + len(value)
    for item in [*value, *value.values()] if kind is dict else value:
        if count > most:
            break
        count += _size(item, most - count) - 1
    return count


def _said(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # so may its `str`
        text = UNSHOWN
    return "%s: %s" % (type(error).__name__, text if len(text) <= LONGEST else UNSHOWN)
