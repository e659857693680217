"""The folder of pages, without a browser: whole or not at all, and no stranger's text in it is obeyed."""

from __future__ import annotations

import base64
import gzip
import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rpsdg.corpora.dataset import Dataset, DatasetError, OutputError, Row
from rpsdg.runs.commands.viewing import view
from rpsdg.runs.view.serve import PortError, follow, serve, state_of
from rpsdg.runs.view.site import AbandonedError, Site, write_site

from .data import PAYLOADS, code_trace, filled, mathematics, write_dataset


@pytest.fixture
def data(tmp_path: Path) -> Path:
    traces = [code_trace(number) for number in range(5)] + [code_trace(9, bugs=3, level=5)]
    return write_dataset(tmp_path / "data", traces + mathematics("linear-equation", 4))


def unpacked(file: Path) -> object:
    """Return what a shard hands over, read as a browser does."""
    found = re.fullmatch(r'rpsdg\.take\("([\w-]+)","([A-Za-z0-9+/=]+)"\);\n', file.read_text())
    assert found is not None
    assert found[1] == file.stem
    return json.loads(gzip.decompress(base64.b64decode(found[2])))


class Tags(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))


def embedded(index: Path) -> dict[str, Any]:
    found = re.search(
        r'<script type="application/json" id="site">(.*?)</script>', index.read_text(), re.DOTALL
    )
    assert found is not None
    about: dict[str, Any] = json.loads(found[1])
    return about


def test_every_trace_is_in_its_shard_and_in_the_index(data: Path, tmp_path: Path) -> None:
    site = write_site(Dataset(data), data, tmp_path / "pages")
    traces = list(Dataset(data).traces())
    about = embedded(site.index)
    assert (site.traces, about["traces"], about["stories"]) == (10, 10, [0])
    shown = unpacked(site.folder / "data" / "story-00000.js")
    assert isinstance(shown, list)
    assert [one["id"] for one in shown] == [trace.id for trace in traces]
    rows = unpacked(site.folder / "data" / "index-00000.js")
    assert isinstance(rows, dict)
    assert rows["id"] == [trace.id[:16] for trace in traces]
    rules = next(facet for facet in about["facets"] if facet["key"] == "rule")
    names = [value["name"] for value in rules["values"]]
    assert [[names[code] for code in codes] for codes in rows["facets"]["rule"]] == [
        list(dict.fromkeys(step.rule for step in trace.steps)) for trace in traces
    ]
    assert next(value["count"] for value in rules["values"] if value["name"] == "wrong-name") == 6


def test_shards_are_cut_where_they_are_full(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rpsdg.runs.view.site._STORIES", 4000)
    monkeypatch.setattr("rpsdg.runs.view.columns._ROWS", 3)
    site = write_site(Dataset(data), data, tmp_path / "pages")
    about = embedded(site.index)
    assert about["indexes"] == 4
    assert len(about["stories"]) > 2
    ids = [
        one["id"]
        for number in range(len(about["stories"]))
        for one in unpacked(site.folder / "data" / f"story-{number:05}.js")  # type: ignore[attr-defined]
    ]
    assert ids == [trace.id for trace in Dataset(data).traces()]


def test_the_overview_needs_no_script(data: Path, tmp_path: Path) -> None:
    page = write_site(Dataset(data), data, tmp_path / "pages").index.read_text()
    overview = page[page.index('id="overview"') : page.index("</section>")]
    assert "<dt>traces</dt><dd>10</dd>" in overview
    assert 'href="#?family=linear-equation"' in overview
    assert "<script" not in overview
    assert "style=" not in page


def test_what_strangers_write_leads_nowhere(tmp_path: Path) -> None:
    hostile = [filled(code_trace(bugs=2), payload) for payload in PAYLOADS]
    folder = tmp_path / "<script>alert(1)</script>\u202e"
    site = write_site(Dataset(write_dataset(folder, hostile)), folder, tmp_path / "pages")
    page = site.index.read_text()
    tags = Tags()
    tags.feed(page)
    assert "window.hacked=1" in page  # shown, but:
    plain = write_site(
        Dataset(write_dataset(tmp_path / "plain", [code_trace()])), tmp_path, tmp_path / "other"
    )
    honest = Tags()
    honest.feed(plain.index.read_text())
    assert [tag for tag in tags.seen if tag[0] == "script"] == [
        tag for tag in honest.seen if tag[0] == "script"
    ]
    assert {tag for tag, _ in tags.seen} <= {tag for tag, _ in honest.seen} | {"a"}
    names = {name for _, attributes in tags.seen for name, _ in attributes}
    assert not [name for name in names if name.startswith("on") or name in ("style", "srcdoc", "action")]
    links = {value for tag, attributes in tags.seen for name, value in attributes if name == "href"}
    assert {link for link in links if not str(link).startswith("#")} == {"icon.svg"} | {
        f"style/{name}.css" for name in ("base", "overview", "list", "story", "print")
    }
    for unseen in ("\u202e", "\u2066", "\u2028", "\x1b", "\x9b"):
        assert unseen not in page
    for file in (site.folder / "data").iterdir():
        unpacked(file)


def test_earlier_pages_are_replaced_and_nothing_else_is(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    first = write_site(Dataset(data), data, out)
    second = write_site(Dataset(data), data, out, limit=3)
    assert (first.traces, second.traces) == (10, 3)
    assert first.edition != second.edition
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "pages"]
    other = tmp_path / "mine"
    other.mkdir()
    (other / "index.html").write_text("<p>mine</p>")
    for taken in (other, data, other / "index.html"):
        with pytest.raises(OutputError, match="left alone"):
            write_site(Dataset(data), data, taken)
    assert (other / "index.html").read_text() == "<p>mine</p>"


def test_a_damaged_data_set_leaves_the_earlier_pages(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "pages"
    before = write_site(Dataset(data), data, out)
    whole = Dataset.rows

    def damaged(self: Dataset) -> Iterator[Row]:
        yield from islice(whole(self), 4)
        raise DatasetError("line 5 is damaged")

    monkeypatch.setattr(Dataset, "rows", damaged)
    with pytest.raises(DatasetError, match="line 5"):
        write_site(Dataset(data), data, out)
    assert embedded(before.index)["edition"] == before.edition
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "pages"]


def test_pages_that_are_no_longer_wanted_are_given_up(data: Path, tmp_path: Path) -> None:
    asked = iter([False, False, True])
    with pytest.raises(AbandonedError):
        write_site(Dataset(data), data, tmp_path / "pages", abandoned=lambda: next(asked))
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_the_command_says_what_it_wrote(data: Path) -> None:
    result = CliRunner().invoke(view, [str(data), "--no-open", "--json", "--limit", "2"])
    assert result.exit_code == 0, result.output
    about = json.loads(result.output)
    assert (about["event"], about["traces"]) == ("pages", 2)
    assert Path(about["out"]) == data.with_name("data-view")
    assert about["bytes"] == sum(p.stat().st_size for p in Path(about["out"]).rglob("*") if p.is_file())


@pytest.fixture
def served(data: Path, tmp_path: Path) -> Iterator[str]:
    with serve(write_site(Dataset(data), data, tmp_path / "pages", follow=True).folder, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


def status(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_only_this_machine_is_served(served: str) -> None:
    assert served.startswith("http://127.0.0.1:")
    port = served.split(":")[2].strip("/")
    assert status(served) == status(served + "data/edition.js") == 200
    assert status(served, Host=f"localhost:{port}") == 200
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1.evil.example:{port}", ""):
        assert status(served, Host=host) == 421
    for path in ("data/", "js/", "../data/traces.jsonl", "%2e%2e/data/traces.jsonl"):
        assert status(served + path) == 404


def test_a_port_that_is_taken_is_told(served: str, tmp_path: Path) -> None:
    with pytest.raises(PortError, match="nothing can be served at port"):
        serve(tmp_path, int(served.split(":")[2].strip("/")))


def test_a_growing_data_set_is_followed(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rpsdg.runs.view.serve._PAUSE", 0.01)
    out = tmp_path / "pages"
    told: list[Site] = []
    ended = threading.Event()

    def tell(site: Site) -> None:
        told.append(site)
        ended.set()

    def make():
        return write_site(Dataset(data), data, out)

    before = state_of(data)
    site = make()
    thread = threading.Thread(target=follow, args=(data, before, site, make, tell, ended))
    thread.start()
    write_dataset(data, [code_trace(77)])
    thread.join(timeout=60)
    assert [one.traces for one in told] == [11]
    assert unpacked(out / "data" / "edition.js") == {"edition": told[0].edition, "traces": 11}
