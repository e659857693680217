"""Which licence a tree is under, as far as it says so itself."""

from __future__ import annotations

import re

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from rpsdg.corpora.metadata import Metadata, read_metadata
from rpsdg.sandbox.tree import Tree

__all__ = ["find_licence", "guess_licence"]

_MAX_NAME = 100  # characters; a longer free-text field is the licence itself, not its name
_LICENCE_FILE = re.compile(r"(?:un)?licen[cs]e|copying", re.IGNORECASE)

_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v2 (LGPLv2)": "LGPL-2.0-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "Universal Permissive License (UPL)": "UPL-1.0",
    "zlib/libpng License": "Zlib",
}

# Free text, in lower case without "the", "license" and punctuation. `BSD` alone is none: which one?
_NAMES = {
    "apache": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "apache 20": "Apache-2.0",
    "apache software": "Apache-2.0",
    "apache software 20": "Apache-2.0",
    "apache version 20": "Apache-2.0",
    "2 clause bsd": "BSD-2-Clause",
    "3 clause bsd": "BSD-3-Clause",
    "bsd 2": "BSD-2-Clause",
    "bsd 2 clause": "BSD-2-Clause",
    "bsd 3": "BSD-3-Clause",
    "bsd 3 clause": "BSD-3-Clause",
    "modified bsd": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "simplified bsd": "BSD-2-Clause",
    "expat": "MIT",
    "isc": "ISC",
    "mit": "MIT",
    "mozilla public 20": "MPL-2.0",
    "mpl 20": "MPL-2.0",
    "mpl2": "MPL-2.0",
    "psf": "PSF-2.0",
    "public domain unlicense": "Unlicense",
    "unlicense": "Unlicense",
}

# Phrases of which each licence holds all, in the order of the texts that hold others: 0BSD inside ISC.
_PHRASES = (
    ("Apache-2.0", ("apache license version 2.0, january 2004",)),
    ("MPL-2.0", ("mozilla public license version 2.0",)),
    ("AGPL-3.0", ("gnu affero general public license version 3",)),
    ("LGPL-3.0", ("gnu lesser general public license version 3",)),
    ("LGPL-2.1", ("gnu lesser general public license version 2.1",)),
    ("GPL-3.0", ("gnu general public license version 3",)),
    ("GPL-2.0", ("gnu general public license version 2",)),
    (
        "MIT",
        (
            "permission is hereby granted, free of charge, to any person obtaining a copy",
            "the above copyright notice and this permission notice",
        ),
    ),
    ("MIT-0", ("permission is hereby granted, free of charge, to any person obtaining a copy",)),
    ("BSD-3-Clause", ("redistribution and use in source and binary forms", "endorse or promote products")),
    ("BSD-2-Clause", ("redistribution and use in source and binary forms",)),
    (
        "ISC",
        (
            "permission to use, copy, modify, and",
            "for any purpose with or without fee is hereby granted, provided that the above copyright notice",
        ),
    ),
    ("0BSD", ("permission to use, copy, modify, and/or distribute this software for any purpose",)),
    ("PSF-2.0", ("python software foundation license version 2",)),
    ("Unlicense", ("this is free and unencumbered software released into the public domain",)),
    (
        "Zlib",
        ("this software is provided 'as-is', without any express or implied warranty", "altered source"),
    ),
    ("CC0-1.0", ("cc0 1.0 universal",)),
)


def find_licence(tree: Tree, metadata: Metadata | None = None) -> str | None:
    """Return the licence of a tree: an SPDX expression if one can be told, else its own words, else None.

    Asked in turn: SPDX fields of the metadata, classifiers, free-text fields, licence files at the root. An
    SPDX id of the GNU family without `-only` or `-or-later` comes from a licence file, which cannot tell.

    Args:
        tree: a project, its root the project's root.
        metadata: what `read_metadata` says of it, if already known.
    """
    metadata = metadata or read_metadata(tree)
    for text in metadata.licence_expressions:
        if expression := _expression(text):
            return expression
    classified = [c.rpartition(" :: ")[2] for c in metadata.classifiers if c.startswith("License ::")]
    if classified and all(name in _CLASSIFIERS for name in classified):
        return " AND ".join(dict.fromkeys(_CLASSIFIERS[name] for name in classified))
    for text in (*metadata.licence_texts, *metadata.licence_expressions):
        if expression := _expression(text) or _NAMES.get(_plain(text)) or guess_licence(text):
            return expression
    if guessed := _guess_from_files(tree):
        return guessed
    words = [*metadata.licence_texts, *metadata.licence_expressions, *classified]
    return next((text for text in words if len(text) <= _MAX_NAME), None)


def guess_licence(text: str) -> str | None:
    """Return the SPDX id of a licence's full text, None if it is none of the common ones.

    Where a text holds several, as with notices of bundled code, the one that comes first counts.
    """
    words = " ".join(re.sub(r"[“”]", '"', text).replace("`", "'").lower().split())
    words = re.sub(r",? (?=version \d)", " ", words)
    found: list[tuple[int, int, str]] = []
    for rank, (name, phrases) in enumerate(_PHRASES):
        if all(phrase in words for phrase in phrases):
            found.append((words.index(phrases[0]), rank, name))
    return min(found)[2] if found else None


def _guess_from_files(tree: Tree) -> str | None:
    guesses = {
        guess
        for path, entry in tree.items()
        if "/" not in path and entry.kind != "link" and _LICENCE_FILE.match(path)
        if (guess := guess_licence(entry.data.decode("utf-8", "replace")))
    }
    if "LGPL-3.0" in guesses:
        guesses.discard("GPL-3.0")  # the lesser licence is a supplement to it and always comes with it
    # Several files may mean a choice or a sum; a sum asks for no less than either.
    return " AND ".join(sorted(guesses)) or None


def _expression(text: str) -> str | None:
    if len(text) > _MAX_NAME:
        return None
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None


def _plain(text: str) -> str:
    words = re.sub(r"[^a-z0-9]+", " ", text.lower().replace(".", "")).split()
    return " ".join(word for word in words if word not in {"the", "license", "licence", "licensed"})
