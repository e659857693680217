"""`python -m rpsdg.experiments.localisation`."""

from __future__ import annotations

import signal
import sys

from .command import main

# A polite `kill` ends a run as Ctrl-C does, so that nothing it started is left behind.
signal.signal(signal.SIGTERM, signal.default_int_handler)
sys.exit(main())
