from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from rpsdg.corpora import Source
from rpsdg.sandbox.tree import Entry, Tree

text = st.none() | st.text(max_size=10)


@given(st.builds(Source, st.just("git"), st.text(), st.just(Tree({"a": Entry(b"\xff")})), text, text, text))
def test_provenance_is_json_that_reads_back_the_same(source: Source) -> None:
    told = source.provenance()
    assert json.loads(json.dumps(told)) == told
    assert told["tree"] == source.tree.digest
    assert told["files"] == 1
