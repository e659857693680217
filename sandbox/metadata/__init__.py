"""What a project says about itself: read as data from its own files, nothing executed.

One file per kind of metadata, each with a function from a tree to a `Reading`; `merge.py` makes one `Recipe`
of them. Also the licence of a source is told with these readers (`rpsdg.corpora.metadata`).
"""

from .merge import read_facts, read_recipe
from .recipe import Change, Recipe, Repair, Stated

__all__ = ["Change", "Recipe", "Repair", "Stated", "read_facts", "read_recipe"]
