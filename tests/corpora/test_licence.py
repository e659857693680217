from __future__ import annotations

import pytest

from rpsdg.corpora.licence import find_licence, guess_licence
from rpsdg.corpora.metadata import read_metadata
from rpsdg.sandbox.tree import Entry, Tree

MIT = """MIT License

Permission is hereby granted, free of charge, to any person
obtaining a copy of this software ...
The above copyright notice and this permission notice shall be included"""
BSD2 = "Redistribution and use in source and binary forms, with or without\nmodification, are permitted"
BSD3 = BSD2 + "\n3. Neither the name of X may be used to\n   endorse or promote products derived from"
APACHE = "                 Apache License\n           Version 2.0, January 2004\n"
GPL3 = "GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007"
LGPL3 = "GNU LESSER GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007\n" + GPL3.title()
ISC = (
    "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee\n"
    "is hereby granted, provided that the above copyright notice and this permission notice appear"
)


def tree(**files: str) -> Tree:
    names = {"PKG_INFO": "PKG-INFO", "pyproject": "pyproject.toml", "setup": "setup.cfg"}
    return Tree({names.get(name, name): Entry(text.encode()) for name, text in files.items()})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MIT, "MIT"),
        (BSD2, "BSD-2-Clause"),
        (BSD3, "BSD-3-Clause"),
        (APACHE, "Apache-2.0"),
        (GPL3, "GPL-3.0"),
        (LGPL3, "LGPL-3.0"),
        (ISC, "ISC"),
        (f"{BSD3}\n\nBundled:\n{MIT}", "BSD-3-Clause"),
        ("All rights reserved.", None),
        ("", None),
    ],
)
def test_common_texts_are_known(text: str, expected: str | None) -> None:
    assert guess_licence(text) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"PKG_INFO": "Name: x\nLicense-Expression: mit or apache-2.0\nLicense: BSD\n"}, "MIT OR Apache-2.0"),
        ({"PKG_INFO": "Classifier: License :: OSI Approved :: MIT License\nLicense: see file"}, "MIT"),
        ({"PKG_INFO": "License: UNKNOWN\n", "LICENSE.txt": BSD3}, "BSD-3-Clause"),
        ({"PKG_INFO": "License: Apache License, Version 2.0\n"}, "Apache-2.0"),
        ({"PKG_INFO": "License: New BSD License\n"}, "BSD-3-Clause"),
        ({"PKG_INFO": "License: BSD\nClassifier: License :: OSI Approved :: BSD License\n"}, "BSD"),
        ({"PKG_INFO": "License: BSD\n", "COPYING": BSD2}, "BSD-2-Clause"),
        ({"PKG_INFO": "License: " + MIT.replace("\n", "\n        ") + "\n"}, "MIT"),
        ({"pyproject": "[project]\nlicense = 'mpl-2.0'\n"}, "MPL-2.0"),
        ({"pyproject": "[project]\nlicense = {text = 'ISC'}\n"}, "ISC"),
        ({"pyproject": "[project]\nlicense = {file = 'NOTICE'}\n", "NOTICE": APACHE}, "Apache-2.0"),
        ({"pyproject": "[project]\nlicense = 'My Own Terms'\n"}, "My Own Terms"),
        ({"setup": "[metadata]\nlicense = MIT License\n"}, "MIT"),
        ({"setup": "[metadata]\nclassifiers =\n    License :: OSI Approved :: MIT License\n"}, "MIT"),
        ({"LICENCE": MIT}, "MIT"),
        ({"COPYING": GPL3, "COPYING.LESSER": LGPL3}, "LGPL-3.0"),
        ({"LICENSE-MIT": MIT, "LICENSE-APACHE": APACHE}, "Apache-2.0 AND MIT"),
        ({"docs/LICENSE": MIT}, None),
        ({"pyproject": "not toml", "setup": "not ini", "PKG_INFO": "\0\xff"}, None),
        ({"pyproject": "project = 1"}, None),
        ({"pyproject": "[project]\nlicense = {file = 1}\nclassifiers = 3\nname = []\n"}, None),
        ({}, None),
    ],
)
def test_where_a_licence_is_looked_for(files: dict[str, str], expected: str | None) -> None:
    assert find_licence(tree(**files)) == expected


def test_an_expression_deep_enough_to_hurt_a_parser_is_not_parsed() -> None:
    text = f"License-Expression: {'(' * 50_000}MIT OR ISC{')' * 50_000}\n"
    assert find_licence(tree(PKG_INFO=text)) is None


def test_name_and_version_are_read_without_running_anything() -> None:
    both = tree(PKG_INFO="Name: a\nVersion: 1\n", pyproject="[project]\nname = 'b'\nversion = '2'\n")
    assert (read_metadata(both).name, read_metadata(both).version) == ("b", "2")
    computed = tree(
        pyproject="[project]\nname = 'b'\ndynamic = ['version']\n", setup="[metadata]\nversion = attr: b.v\n"
    )
    assert (read_metadata(computed).name, read_metadata(computed).version) == ("b", None)


def test_a_link_is_no_metadata() -> None:
    linked = Tree({"PKG-INFO": Entry(b"other", "link"), "LICENSE": Entry(b"other", "link")})
    assert find_licence(linked) is None
