"""Sets the tests' wall clock, and nobody else's: the time of day in this process, never the system's.

`datetime.datetime` stays the very class that it is, so types, pickles and C code agree about it; the methods
that look at the clock are exchanged inside it. The functions of `time` are exchanged before any code of the
project is loaded that could take hold of one. Monotonic clocks go on as they are, and so do the times of
files and the clocks of other processes.
"""

from __future__ import annotations

import ctypes
import datetime
import functools
import gc
import time
import warnings
from typing import Any, Callable, Dict, List, Optional

_NANOSECONDS = 1000 * 1000 * 1000


class Plugin:
    """Needs no hook: the clock is ahead from now on."""

    def __init__(self, channel: Any, seconds: int) -> None:
        shift(seconds)


def shift(seconds: int) -> None:
    """Put the wall clock of this process ahead by some seconds."""
    ahead = seconds * _NANOSECONDS
    real_time, real_time_ns = time.time, time.time_ns
    real_gettime, real_gettime_ns = time.clock_gettime, time.clock_gettime_ns
    real_strftime, real_asctime = time.strftime, time.asctime
    walls = [time.CLOCK_REALTIME, getattr(time, "CLOCK_TAI", time.CLOCK_REALTIME)]

    def now() -> float:
        return real_time() + seconds

    def now_ns() -> int:
        return real_time_ns() + ahead

    def gettime(clk_id: int) -> float:
        return real_gettime(clk_id) + (seconds if clk_id in walls else 0)

    def gettime_ns(clk_id: int) -> int:
        return real_gettime_ns(clk_id) + (ahead if clk_id in walls else 0)

    def of_moment(real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def function(*moment: Any) -> Any:
            return real(*([now()] if moment in ((), (None,)) else moment))

        return function

    localtime = of_moment(time.localtime)

    def strftime(form: str, *moment: Any) -> str:
        return real_strftime(form, *(moment or (localtime(),)))

    def asctime(*moment: Any) -> str:
        return real_asctime(*(moment or (localtime(),)))

    functions: Dict[str, Callable[..., Any]] = {
        "time": now, "time_ns": now_ns, "clock_gettime": gettime, "clock_gettime_ns": gettime_ns,
        "strftime": strftime, "asctime": asctime,
    }  # fmt: skip
    for name, function in functions.items():
        setattr(time, name, functools.wraps(getattr(time, name))(function))
    for name in ("gmtime", "ctime"):
        setattr(time, name, of_moment(getattr(time, name)))
    time.localtime = localtime
    _shift_classes(now, now_ns)


def _shift_classes(now: Callable[[], float], now_ns: Callable[[], int]) -> None:
    """Exchange the methods of `datetime` and `date` that look at the clock."""
    of_timestamp: Any = datetime.datetime.__dict__["fromtimestamp"]  # not a subclass's own
    said = _warning()

    def datetime_now(cls: Any, tz: Optional[datetime.tzinfo] = None) -> Any:
        return of_timestamp.__get__(None, cls)(now(), tz)

    def utcnow(cls: Any) -> Any:
        for message in said:
            warnings.warn(message, DeprecationWarning, stacklevel=2)
        at = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=now_ns() // 1000)
        return cls(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)

    def today(cls: Any) -> Any:
        return cls.fromtimestamp(now())

    for function, name in ((datetime_now, "now"), (utcnow, "utcnow")):
        _exchange(datetime.datetime, name, function)
    _exchange(datetime.date, "today", today)


def _warning() -> List[str]:
    """Return what `utcnow` warns of in this Python."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        datetime.datetime.utcnow()
    return [str(warning.message) for warning in caught]


def _exchange(cls: type, name: str, function: Callable[..., Any]) -> None:
    """Put a class method in the place of another, in a class of C's that lets nobody set its attributes."""
    for attribute in ("__name__", "__qualname__", "__doc__"):
        setattr(function, attribute, getattr(cls.__dict__[name], attribute))
    function.__module__ = cls.__module__
    (attributes,) = [found for found in gc.get_referents(cls.__dict__) if type(found) is dict]
    attributes[name] = classmethod(function)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(cls))
