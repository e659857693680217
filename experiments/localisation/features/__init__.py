"""What a localiser sees of a statement: numbers made of tests, of failures and of the source, and no truth.

No number names a program, a file or a test, and what depends on the size of a program or of its tests is
told as a share or a rank among the statements that failing tests of the same bug run.
"""

from __future__ import annotations

from typing import NamedTuple

from rpsdg.experiments.localisation.records import Spectrum
from rpsdg.experiments.localisation.suspects import Suspect, suspects_of

from .columns import Columns
from .failures import failure_columns
from .lexical import lexical_columns
from .source import source_columns
from .spectral import spectral_columns
from .views import view

__all__ = ["GROUPS", "Table", "table_of"]

GROUPS = {
    "spectrum": spectral_columns,
    "failures": failure_columns,
    "words": lexical_columns,
    "source": source_columns,
}
"""What there is, by where it comes from."""


class Table(NamedTuple):
    """The features of one bug."""

    suspects: list[Suspect]
    columns: Columns
    """By name, `group: feature`; a number for each suspect."""


def table_of(spectrum: Spectrum) -> Table:
    """Return the features of all suspects of a bug."""
    suspects = suspects_of(spectrum)
    seen = view(spectrum, suspects)
    columns: Columns = {}
    for group, make in GROUPS.items():
        columns.update({f"{group}: {name}": values for name, values in make(seen).items()})
    return Table(suspects, columns)
