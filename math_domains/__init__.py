"""Mathematics, the second domain: equations, identities and integrals in the same trace format.

>>> from rpsdg.math_domains.problems import Problems
>>> from rpsdg.math_domains.registry import all_families
>>> problem = Problems(all_families()["linear-equation"], seed=7, level=1)[0]
>>> problem == Problems(all_families()["linear-equation"], seed=7, level=1)[0]
True
"""
