"""Reverse-process synthetic data: walk away from a solved state, hand out the way back.

>>> import rpsdg.traces
"""

__all__: list[str] = []
