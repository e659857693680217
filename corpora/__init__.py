"""Where working programs come from: PyPI releases, git repositories and local folders, read as trees."""

from rpsdg.corpora.fetching import fetch
from rpsdg.corpora.settings import GitCredentials, SourceSettings
from rpsdg.corpora.source import Source, SourceError, SourceKind
from rpsdg.corpora.spec import GitSpec, LocalSpec, PyPISpec, Spec, parse

__all__ = [
    "GitCredentials",
    "GitSpec",
    "LocalSpec",
    "PyPISpec",
    "Source",
    "SourceError",
    "SourceKind",
    "SourceSettings",
    "Spec",
    "fetch",
    "parse",
]
