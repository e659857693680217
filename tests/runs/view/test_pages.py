"""The pages in a real Chromium, opened from a file: they work, and nothing that a stranger wrote runs."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from rpsdg.benchmarks.chromium import NoChromiumError, open_chromium
from rpsdg.corpora.dataset import Dataset
from rpsdg.runs.view.serve import serve
from rpsdg.runs.view.site import write_site
from rpsdg.traces.record import Trace

from .data import PAYLOADS, code_trace, filled, mathematics, write_dataset

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.pages

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@dataclass
class Browser:
    """A Chromium, and everything it complained of."""

    chromium: Any
    folder: Path
    complaints: list[str] = field(default_factory=list)

    def open(self, traces: list[Trace], after: str = "", **options):
        """Open the pages of some traces; `after` comes behind the address."""
        number = len(list(self.folder.iterdir()))
        data = write_dataset(self.folder / f"data{number}", traces)
        site = write_site(Dataset(data), data, self.folder / f"pages{number}")
        return self.visit(site.index.as_uri() + after, **options)

    def visit(self, address: str, **options):
        """Open a page and wait until all rows are there."""
        page = self.chromium.new_context(**{"viewport": {"width": 1280, "height": 800}} | options).new_page()
        page.set_default_timeout(20_000)
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self.dismiss)
        page.on("request", self.note)
        page.add_init_script(WATCH)
        page.goto(address)
        playwright.expect(page.locator("#count")).not_to_contain_text("so far", timeout=30_000)
        return page

    def hear(self, message) -> None:
        """Complain of what the console complains of."""
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def dismiss(self, dialog) -> None:
        """Complain of a dialog: none of the pages opens one."""
        self.complaints.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def note(self, request) -> None:
        """Complain of every request that leaves the machine."""
        if not request.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:")):
            self.complaints.append(f"request {request.url}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(open_chromium())
        except NoChromiumError as error:
            if os.environ.get("RPSDG_REQUIRE_CHROMIUM") == "1":
                pytest.fail(f"RPSDG_REQUIRE_CHROMIUM=1, but: {error}", pytrace=False)
            pytest.skip(str(error))
        yield browser


@pytest.fixture
def browser(chromium: Any, tmp_path: Path) -> Iterator[Browser]:
    """A browser whose pages must not complain of anything."""
    browser = Browser(chromium, tmp_path)
    yield browser
    for context in chromium.contexts:
        for page in context.pages:
            browser.complaints += page.evaluate("window.violations")
        context.close()
    assert browser.complaints == []


def several() -> list[Trace]:
    """Return 30 bugs, a walk of three, and six equations, half of them with a wrong step."""
    walk = [code_trace(99, bugs=3, level=5)]
    return (
        [code_trace(n, level=1 + n % 5) for n in range(30)]
        + walk
        + mathematics("linear-equation", 6, wrong=0.5)
    )


def settled(page) -> None:
    """Wait until a trace is shown."""
    page.wait_for_selector("#story:not([hidden]):not([aria-busy]) .part")


def count(page, text: str) -> None:
    """Wait until so many traces are said to be found. Scripts in texts are forbidden on these pages, so that
    Playwright cannot wait for conditions of its own making.
    """
    playwright.expect(page.locator("#count")).to_have_text(text)


def shown_id(page) -> str:
    settled(page)
    return str(page.inner_text("#story .id code"))


def test_the_overview_and_the_list_are_there(browser: Browser) -> None:
    page = browser.open(several())
    assert page.inner_text("#overview h1") == "data0"
    assert page.inner_text("#count") == "37 traces"
    assert page.locator(".row").count() < 30  # only what can be seen
    page.locator("#list").evaluate("(list) => list.scrollTo(0, list.scrollHeight)")
    page.wait_for_selector('.row[aria-posinset="37"]')
    assert page.get_attribute('.row[aria-posinset="37"]', "aria-setsize") == "37"


def test_a_bug_is_told_as_a_story(browser: Browser) -> None:
    trace = code_trace(99, bugs=3, level=5)
    page = browser.open([code_trace(1), trace], f"#{trace.id[:12]}")
    assert shown_id(page) == trace.id
    assert page.inner_text("#story h1") == "wrong-name + dropped-guard + off-by-one-range"
    assert page.locator(".step").count() == 3
    assert page.inner_text(".step >> nth=1 >> .evidence").split() == [
        "tests",
        "executed",
        "failing",
        "before",
        "2",
        "failing",
        "after",
        "1",
        "suite",
        "20",
    ]
    assert (
        page.inner_text(".action.run figcaption code >> nth=0")
        == "python -m pytest 'tests/test_0.py::test_a[b c]'"
    )
    assert page.inner_text(".action.read .py-defined >> nth=0") == "cost"
    diff = page.locator("#story > .part").filter(has_text="Answer").locator(".diff").first
    assert diff.locator("del.line").inner_text().strip() == "return totals"
    assert diff.locator("ins.line mark").inner_text() == "total"
    assert diff.locator("ins.line").get_attribute("data-number") == "12"
    assert page.locator(".prose pre").inner_text().strip() == "1 == 2"


def test_mathematics_is_typeset_with_its_first_error_marked(browser: Browser) -> None:
    trace = next(t for t in mathematics("linear-equation", 12, wrong=0.6) if t.negatives)
    page = browser.open([trace], f"#{trace.id}")
    settled(page)
    page.wait_for_selector(".step .katex-mathml math", state="attached")
    assert page.locator(".formula.bad").count() == 0
    first = trace.negatives[0].verdict["first_error"]
    assert page.locator(".step.first-error").count() == 1
    assert page.inner_text(".step.first-error .number") == str(first + 1)
    assert "first error" in page.inner_text(".step.first-error .label")
    assert page.locator(".step.after-error").count() == len(trace.steps) - first - 1
    assert page.evaluate("document.fonts.check('16px KaTeX_Math')")
    page.wait_for_selector(".row .katex")


def test_filters_and_search_narrow_the_list(browser: Browser) -> None:
    page = browser.open(several())
    level_3 = sum(trace.provenance.source.get("level") == 3 for trace in several())
    page.select_option("#filter-level", label=f"3 ({level_3})")
    count(page, f"{level_3} of 37 traces")
    assert "level=3" in page.url
    page.click("#clear")
    count(page, "37 traces")
    page.fill("#query", "TILL.py stall")
    count(page, "0 of 37 traces")
    assert "No trace matches" in page.inner_text("#list")
    page.fill("#query", "till.py shop")
    count(page, "1 of 37 traces")
    page.go_back()
    page.click('.chart a[href="#?family=names"]')
    count(page, "31 of 37 traces")


def test_the_address_keeps_everything(browser: Browser) -> None:
    page = browser.open(several(), f"#{code_trace(3, level=4).id[:10]}?level=4&q=shop")
    assert shown_id(page) == code_trace(3).id
    assert page.input_value("#query") == "shop"
    assert page.locator("#filter-level").evaluate("(s) => s.selectedOptions[0].dataset.name") == "4"
    page = browser.visit(page.url.split("#")[0] + "#0123456789abcdef")
    page.wait_for_selector("text=No trace of this data set")


def test_everything_can_be_done_with_the_keyboard(browser: Browser) -> None:
    traces = several()
    page = browser.open(traces)
    for key, place in (("j", 0), ("j", 1), ("ArrowDown", 2), ("k", 1)):
        page.keyboard.press(key)
        playwright.expect(page.locator("#story .id code")).to_have_text(traces[place].id)
        assert page.get_attribute(".row a[aria-current]", "href").startswith(f"#{traces[place].id[:16]}")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "step-1"
    page.keyboard.press("/")
    page.keyboard.type("jjj?")
    assert page.input_value("#query") == "jjj?"
    count(page, "0 of 37 traces")
    page.keyboard.press("Escape")
    count(page, "37 traces")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.wait_for_selector("#overview:not([hidden])")


def test_a_narrow_screen_shows_one_thing_at_a_time(browser: Browser) -> None:
    page = browser.open(several(), viewport={"width": 390, "height": 844})
    assert page.locator("#overview").is_visible()
    assert not page.locator("#list").is_visible()
    page.click(".tabs button >> nth=1")
    assert page.locator("#list").is_visible()
    page.locator(".row a").first.click()
    settled(page)
    assert not page.locator("#list").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click(".back")
    assert page.locator("#list").is_visible()


def test_light_and_dark_follow_the_system_and_the_switch(browser: Browser) -> None:
    page = browser.open(several()[:2], color_scheme="dark")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(paper)
    page.keyboard.press("t")
    light = page.evaluate(paper)
    page.keyboard.press("t")
    assert page.evaluate(paper) == dark != light
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_screen_reader_finds_its_way(browser: Browser) -> None:
    trace = code_trace(bugs=2)
    page = browser.open([trace, *mathematics("linear-equation", 1)], f"#{trace.id[:16]}")
    settled(page)
    for landmark in ("banner", "navigation", "main", "search"):
        assert page.get_by_role(landmark).count() == 1, landmark
    unnamed = page.evaluate("""() => [...document.querySelectorAll("button, a[href], input, select, summary")]
        .filter((one) => !one.textContent.trim() && !one.getAttribute("aria-label") && !one.labels?.length)
        .length""")
    assert unnamed == 0
    levels = page.evaluate(
        "[...document.querySelectorAll('#story :is(h1,h2,h3,h4,h5,h6)')].map((h) => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.get_by_role("searchbox", name="Search the traces").count() == 1


def test_nothing_that_a_stranger_wrote_runs(browser: Browser) -> None:
    honest = [code_trace(bugs=2), *mathematics("linear-equation", 2, wrong=0.5)]
    attacks = [(trace, payload) for payload in PAYLOADS for trace in honest]
    page = browser.open([filled(trace, payload) for trace, payload in attacks])
    for number, (_, payload) in enumerate(attacks):
        draw(page, number)
        page.evaluate("document.querySelectorAll('#story details').forEach((box) => (box.open = true))")
        harmless(page)
        shown = payload.splitlines()[0] if payload and payload.isprintable() else ""
        assert json.dumps(shown)[1:-1] in page.inner_text("#story .raw pre")


def test_what_is_unseen_is_shown(browser: Browser) -> None:
    page = browser.open([filled(code_trace(), "a\u202eb\x1b[31mc\u2066")])
    draw(page, 0)
    text = page.inner_text(".said")
    assert text.replace("\n", "") == "aU+202EbU+001B[31mcU+2066"
    assert page.evaluate("![...document.body.innerText].some((c) => '\\u202e\\u2066\\x1b'.includes(c))")


@pytest.mark.parametrize(
    "part",
    ["`", "``` ", "**a ", "*a", "$", "@a", "'", '"""', "\u202e", "- ", "> ", "\n", "a" * 50, "$a$ "],
    ids=repr,
)
def test_an_enormous_text_does_not_stop_the_page(browser: Browser, part: str) -> None:
    text = part * (300_000 // len(part))
    page = browser.open([filled(code_trace(), text), code_trace(1)])
    draw(page, 0)
    harmless(page)
    draw(page, 1)
    assert page.inner_text("#story h1") == "wrong-name"


def draw(page, number: int) -> None:
    """Show a trace by its place in the list, whatever its id is."""
    page.evaluate(
        """async (row) => {
        const [shard, place] = rpsdg.shardOf(row);
        const traces = await rpsdg.loadKept(shard);
        rpsdg.countFormulasAnew();
        const story = document.getElementById("story");
        story.hidden = false;
        story.replaceChildren(...rpsdg.story(traces[place], row).filter(Boolean));
    }""",
        number,
    )
    page.wait_for_timeout(50)


def harmless(page) -> None:
    """Nothing ran, nothing was fetched, nothing leads away."""
    assert page.evaluate("window.hacked") is None
    assert (
        page.evaluate("""() => [...document.querySelectorAll("a")]
        .filter((a) => !a.getAttribute("href").startsWith("#")).length""")
        == 0
    )
    assert (
        page.locator("#story :is(img, script, iframe, object, embed, form, input, video, base, meta)").count()
        == 0
    )
    assert (
        page.evaluate("""() => [...document.querySelectorAll("*")]
        .filter((one) => [...one.attributes].some((a) => a.name.startsWith("on"))).length""")
        == 0
    )


def test_the_served_pages_tell_of_a_newer_edition(browser: Browser, tmp_path: Path) -> None:
    data = write_dataset(tmp_path / "growing", several()[:3])
    site = write_site(Dataset(data), data, tmp_path / "live", follow=True)
    with serve(site.folder, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            page = browser.visit(server.url + f"#{several()[0].id[:16]}")
            settled(page)
            data2 = write_dataset(tmp_path / "grown", several()[:5])
            write_site(Dataset(data2), data2, site.folder, follow=True)
            page.wait_for_selector("#news:not([hidden])")
            assert page.inner_text("#news").startswith("There are 5 traces now.")
            page.click("#news button")
            count(page, "5 traces")
            page.close()
        finally:
            server.shutdown()
            thread.join()
