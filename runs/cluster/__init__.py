"""Runs spread over the machines of a Ray cluster: the same plan, the same ids, the same results.

The driver decides and writes; workers on the nodes try candidates and make problems. Only they and
`connecting` know of Ray, which is imported when a cluster is asked for.
"""
