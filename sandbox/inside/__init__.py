"""What runs inside the sandbox: dependency-free files, sent there as text, that also run on Python 3.8.

Nothing here is imported by the host, and nothing here imports rpsdg.
"""
