"""The page in a real browser: it works, it asks nobody for anything, its policy is in force."""

import csv
import io
import shutil
from dataclasses import replace
from urllib.parse import unquote

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from agent.reports import page as page_module
from agent.reports import render
from tests.reports.judged import judged

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
READY = "html[data-ready]"
TABLE = "#section-table"
ROWS = f"{TABLE} tbody tr[data-index]"
SAID = "#section-said"
MANY = 2_400


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        # Root, as in a container, has no sandbox of its own to give.
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


def written(report, folder):
    render(report, "coverage", folder)
    return (folder / "coverage.html").as_uri()


@pytest.fixture(scope="module")
def address(report, tmp_path_factory):
    return written(judged(report), tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def long_address(report, tmp_path_factory):
    """A page of more units than a plain table holds, its data packed."""
    unit = next(a for a in report.assets if a.serial == "ZZZ00000001")
    asked = [f for f in report.findings if f.serial == "ZZZ00000001"]
    serials = [f"YYY{number:05}" for number in range(MANY)]
    many = replace(
        report,
        assets=tuple(replace(unit, serial=serial) for serial in serials),
        findings=tuple(replace(f, serial=serial) for serial in serials for f in asked),
    )
    patch = pytest.MonkeyPatch()
    patch.setattr(page_module, "PACKED", 0)
    made = written(many, tmp_path_factory.mktemp("long"))
    patch.undo()
    return made


@pytest.fixture
def opened(browser):
    """Opens addresses; a console message, an error or a second request fails the test."""
    said, pages, addresses = [], [], []

    def show(address):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        pages.append(page)
        addresses.append(address.partition("#")[0])
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url))
        page.set_default_timeout(5000)
        page.goto(address)
        page.wait_for_selector(READY)
        return page

    yield show
    for page in pages:
        page.close()
    assert [text for text in said if text.partition("#")[0] not in addresses] == []


@pytest.fixture
def page(opened, address):
    return opened(address)


def serials(page):
    rows = page.locator(f"{ROWS} th").all_inner_texts()
    return [text.removeprefix("ZZZ0000000") for text in rows]


def wait_for_rows(page, count):
    page.locator(SAID).filter(has_text=f"{count} of ").wait_for()


def hash_of(page):
    return unquote(page.evaluate("location.hash"))


def sort_by(page, label):
    page.locator(TABLE).get_by_role("button", name=label, exact=True).click()


def test_first_screen_answers(page):
    text = page.locator("#section-answers").inner_text()
    for words in ("33.3 %", "covered of 9 units in service", "unit lapses inside the quote window"):
        assert words in text
    assert (
        "6 hosts attempted, 5 read, 1 failed, 1 only in part" in page.locator("header").inner_text()
    )
    assert page.locator("svg.scatter circle").count() > 3
    bottom = page.locator("#section-next").bounding_box()
    assert bottom["y"] < 800


def test_opens_on_units_in_service(page):
    assert page.locator(SAID).inner_text() == "10 of 17 shown"
    assert hash_of(page) == ""


def test_sort_by_click_and_by_key(page):
    header = page.locator(f"{TABLE} thead th").first
    sort_by(page, "Serial")
    assert header.get_attribute("aria-sort") == "ascending"
    assert serials(page)[:3] == ["1", "2", "3"]
    assert serials(page)[-2:] == ["no serial", "no serial"]
    page.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    assert serials(page)[:3] == ["9", "8", "7"]
    assert serials(page)[-2:] == ["no serial", "no serial"]
    sort_by(page, "Until")
    assert header.get_attribute("aria-sort") is None
    assert serials(page)[0] == "3"
    sort_by(page, "Patching")
    assert page.locator(f"{ROWS} td .state.bad").first.is_visible()


def test_search_and_filters(page):
    page.get_by_label("Search").fill("c9300 north-sw1 zzz00000001")
    wait_for_rows(page, 1)
    assert serials(page) == ["1"]
    page.get_by_role("button", name="Clear").click()
    wait_for_rows(page, 17)
    page.get_by_label("Filter Cover").select_option("uncovered")
    page.get_by_label("Filter Site").select_option("south")
    wait_for_rows(page, 2)
    assert sorted(serials(page)) == ["6", "9"]
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Filter Serial").fill("zzz0000002")
    wait_for_rows(page, 4)
    assert hash_of(page) == "#sn=zzz0000002"
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Filter Until").fill("<2026-04")
    wait_for_rows(page, 4)
    page.get_by_label("Filter Until").fill("2026-12..2027-03-31")
    wait_for_rows(page, 2)
    page.get_by_label("Open findings").select_option("lapsing")
    wait_for_rows(page, 0)


def test_view_stands_in_the_address(page, opened, address):
    page.get_by_label("Filter Cover").select_option("uncovered")
    sort_by(page, "Host")
    sort_by(page, "Host")
    shared = page.url
    assert hash_of(page) == "#record=in service&cover=uncovered&sort=-host"
    again = opened(shared)
    assert serials(again) == serials(page)
    assert again.get_by_label("Filter Cover").input_value() == "uncovered"
    assert again.locator("th[aria-sort='descending']").inner_text().startswith("Host")


def test_figures_lead_to_their_units(page):
    page.locator("#section-answers").get_by_role("link", name="uncovered").click()
    wait_for_rows(page, 3)
    assert {"3", "6", "9"} == set(serials(page))
    page.locator("section[aria-labelledby=section-findings] td.num a").first.click()
    assert hash_of(page).startswith("#open=")


def test_deep_link_opens_the_story(opened, address):
    page = opened(f"{address}#serial=ZZZ00000001")
    story = page.locator("dialog[open]")
    text = story.inner_text()
    for words in (
        "ZZZ00000001", "switch 1", "17.09.04a", "900001", "licence suffix", "2027-10-31",
        "EOL00002", "CVE-2099-0005", "no fix will come", "b" * 64, "lapsing of",
    ):  # fmt: skip
        assert words in text
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "#" not in url)
    assert page.locator(SAID).inner_text() == "10 of 17 shown"


def test_a_serial_alone_is_a_deep_link_too(opened, address):
    page = opened(f"{address}#ZZZ00000008")
    assert page.locator("dialog[open] h2").inner_text() == "ZZZ00000008"
    page.goto(f"{address}#serial=NOT-THERE")
    page.get_by_role("heading", name="Not in this report").wait_for()


def test_every_story_can_be_told(opened, address):
    page = opened(address)
    page.get_by_role("button", name="Clear").click()
    wait_for_rows(page, 17)
    for index in range(17):
        page.locator(f"tr[data-index='{index}'] a").click()
        page.locator("dialog[open] #section-story-content > p").first.wait_for()
        assert "undefined" not in page.locator("dialog").inner_text()
        page.get_by_role("button", name="Close").click()


def test_keyboard_alone(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answers"
    page.locator(TABLE).focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('tr').dataset.index") == "0"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.closest('tr').dataset.index") == "9"
    page.keyboard.press("Home")
    assert page.locator(f"{ROWS} a[tabindex='0']").count() == 1
    wanted = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    assert page.locator("dialog h2").inner_text() in {wanted, "No serial"}
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('tr').dataset.index") == "0"


def test_export_is_what_is_shown(page):
    page.get_by_label("Record").select_option("")
    page.get_by_label("Filter Contract").select_option(label='=HYPERLINK("x")')
    wait_for_rows(page, 1)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save as CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    head, row = csv.reader(io.StringIO(text))
    cells = dict(zip(head, row, strict=True))
    assert cells["Serial"] == "ZZZ00000005"
    assert cells["Contract"] == '\'=HYPERLINK("x")'
    assert waiting.value.suggested_filename == "coverage-2026-03-02.csv"


def test_many_units_are_drawn_as_they_are_seen(opened, long_address):
    page = opened(long_address)
    assert page.locator(SAID).inner_text() == "2,400 of 2,400 shown"
    assert page.locator(f"{TABLE} table").get_attribute("aria-rowcount") == "2402"
    assert page.locator(ROWS).count() < 80
    assert page.locator(ROWS).first.get_attribute("aria-rowindex") == "3"
    page.locator(TABLE).focus()
    page.keyboard.press("End")
    last = page.locator(f"{ROWS} th").last
    assert last.inner_text() == "YYY02399"
    assert page.evaluate("document.activeElement.textContent") == "YYY02399"
    assert page.locator(ROWS).last.get_attribute("aria-rowindex") == "2402"
    page.evaluate("document.querySelector('#section-table').scrollTop = 0")
    page.locator(f"{ROWS} th").get_by_text("YYY00000").wait_for()
    assert page.evaluate("document.activeElement.id") == "section-table"
    page.get_by_label("Search").fill("yyy0123")
    wait_for_rows(page, 10)
    assert page.locator(ROWS).count() == 10
    page.locator(f"{ROWS} a").first.click()
    assert page.locator("dialog[open] h2").inner_text() == "YYY01230"
    assert "b" * 64 in page.locator("dialog").inner_text()


def test_every_anchor_leads_somewhere(page):
    missing = page.evaluate(
        """[...document.querySelectorAll("a[href^='#section-']")]
           .map(a => a.getAttribute("href").slice(1))
           .filter(name => !document.getElementById(name))"""
    )
    twice = page.evaluate(
        """[...document.querySelectorAll("[id]")].map(e => e.id)
           .filter((id, n, all) => all.indexOf(id) !== n)"""
    )
    assert (missing, twice) == ([], [])


def test_policy_is_in_force(browser, address):
    page = browser.new_page()
    page.goto(address)
    blocked = page.evaluate(
        """async () => {
          const found = [];
          addEventListener("securitypolicyviolation", e => found.push(e.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const image = new Image();
          image.src = "http://192.0.2.1/x.png";
          document.body.append(image);
          document.body.setAttribute("style", "color: red");
          try { await fetch("http://192.0.2.1/"); } catch { /* as it should */ }
          await new Promise(done => setTimeout(done));
          return [found.sort(), window.ran === undefined];
        }"""
    )
    page.close()
    assert blocked == [["connect-src", "img-src", "script-src-elem", "style-src-attr"], True]


def test_readable_without_scripts(browser, address, long_address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator(f"{TABLE} tbody tr:visible").count() == 17
    assert page.locator("form.controls").is_hidden()
    assert page.locator(f"{TABLE} button").count() == 0
    assert page.get_by_text("ZZZ00000023").is_visible()
    page.goto(long_address)
    assert page.get_by_text("2400 units are too many for a plain table").is_visible()
    context.close()


def test_prints_the_story_that_is_open_and_else_the_table(opened, address):
    page = opened(f"{address}#serial=ZZZ00000001")
    page.emulate_media(media="print")
    assert page.locator("main").is_hidden()
    assert page.locator("dialog").is_visible()
    page.evaluate("document.querySelector('dialog').close()")
    assert page.locator(f"{TABLE} tbody").is_visible()
    assert page.locator("form.controls").is_hidden()
    assert page.locator(".filters").is_hidden()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_itself_never_scrolls_sideways(opened, address, width):
    page = opened(f"{address}#serial=ZZZ00000001")
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.querySelector('dialog').scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(opened, address, scheme):
    """WCAG 2.2 AA, 1.4.3: text on its background, 4.5 to 1 for text of ordinary size."""
    page = opened(f"{address}#serial=ZZZ00000001")
    page.emulate_media(color_scheme=scheme)
    weak = page.evaluate(
        """() => {
          const light = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const ground = (e) => {
            const c = getComputedStyle(e).backgroundColor;
            return c.endsWith(", 0)") ? ground(e.parentElement) : c;
          };
          const found = new Set();
          for (const e of document.querySelectorAll("body *:not(svg *, script, option)")) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
            const [ink, paper] = [light(getComputedStyle(e).color), light(ground(e))];
            const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            if (ratio < 4.5) found.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
          }
          return [...found];
        }"""
    )
    assert weak == []


@pytest.mark.parametrize("hash_", ["", "#serial=ZZZ00000001"])
def test_accessible_by_axe(browser, address, hash_):
    """No violation of WCAG 2.2 A and AA that axe-core finds."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(address + hash_)
    page.wait_for_selector(READY)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = Axe().run(page, options=options)["violations"]
    context.close()
    assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found] == []
