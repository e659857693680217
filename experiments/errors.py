"""What can go wrong in an experiment that a user can mend."""

from __future__ import annotations

from importlib.util import find_spec

from rpsdg.traces.errors import ExitCode, RpsdgError

__all__ = ["ConfigError", "NoLearnerError", "NoTorchError", "need_scikit_learn", "need_torch"]


class ConfigError(RpsdgError):
    """A file of an experiment that cannot be meant."""

    code = ExitCode.USAGE


class NoTorchError(RpsdgError):
    """The library that trains is not installed."""

    code = ExitCode.USAGE


def need_torch() -> None:
    """See that models can be trained here, before anything is worked out for them.

    Raises:
        NoTorchError: PyTorch is not installed.
    """
    if find_spec("torch") is None:
        raise NoTorchError(
            "models are trained by PyTorch, which is not installed",
            hint="`make efficacy` makes an environment with it; `pip install 'rpsdg[train]'` brings it.",
        )


class NoLearnerError(RpsdgError):
    """The library that learns to find faults is not installed."""

    code = ExitCode.USAGE


def need_scikit_learn() -> None:
    """See that localisers can be trained here, before anything is worked out for them.

    Raises:
        NoLearnerError: scikit-learn is not installed.
    """
    if find_spec("sklearn") is None:
        raise NoLearnerError(
            "localisers are trained by scikit-learn, which is not installed",
            hint="`make efficacy` makes an environment with it; `pip install 'rpsdg[train]'` brings it.",
        )
