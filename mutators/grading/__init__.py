"""Grading what a solver did to a program: only changes of the program count, and only its own tests say so.

`submission`, `reach`, `marking` and `in_container` also run where rpsdg is not installed: they import nothing
but each other and `rpsdg.sandbox`.
"""
