"""The version that traces and plans record."""

from importlib.metadata import version

__all__ = ["VERSION"]

VERSION = version("rpsdg")
