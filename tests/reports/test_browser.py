"""The page in a real browser: it works, it asks nobody for anything, its policy is in force."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from agent.reports import render

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        # Root, as in a container, has no sandbox of its own to give.
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def address(report, tmp_path_factory):
    out = tmp_path_factory.mktemp("reports")
    render(report, "coverage", out)
    return (out / "coverage.html").as_uri()


@pytest.fixture
def page(browser, address):
    """The opened report; a console message, an error or a second request fails the test."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    said = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: said.append(request.url))
    opened.set_default_timeout(5000)
    opened.goto(address)
    yield opened
    opened.close()
    assert [text for text in said if text.partition("#")[0] != address] == []


def serials(page):
    rows = page.locator("#section-unit-table tbody tr:visible")
    return [text.removeprefix("ZZZ0000000") for text in rows.locator("th").all_inner_texts()]


def test_sort_by_click_and_by_key(page):
    header = page.locator("#section-unit-table thead th").first
    header.locator("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert serials(page)[:3] == ["1", "2", "3"]
    assert serials(page)[-2:] == ["no serial", "no serial"]
    page.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    assert serials(page)[:3] == ["9", "8", "7"]
    page.locator("#section-unit-table").get_by_role("button", name="Until", exact=True).click()
    assert header.get_attribute("aria-sort") is None
    assert serials(page)[0] == "3"


def test_filters(page):
    page.get_by_role("searchbox").fill("c9300 north-sw1 zzz00000001")
    assert serials(page) == ["1"]
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Cover", exact=True).select_option("uncovered")
    page.get_by_label("Site", exact=True).select_option("south")
    assert sorted(serials(page)) == ["6", "9"]
    assert page.locator("form.controls output").inner_text() == "2 of 10 units shown"


def test_deep_link_opens_the_story(page, address):
    page.goto(f"{address}#ZZZ00000008")
    story = page.locator("#ZZZ00000008")
    assert story.get_attribute("open") is not None
    assert "b" * 64 in story.inner_text()
    page.locator("#section-unit-table").get_by_role("link", name="ZZZ00000001").click()
    page.wait_for_function("document.querySelector('#ZZZ00000001').open")
    assert page.evaluate("document.activeElement.parentElement.id") == "ZZZ00000001"


def test_every_anchor_leads_somewhere(page):
    missing = page.evaluate(
        """[...document.querySelectorAll("a[href^='#']")].map(a => a.getAttribute("href").slice(1))
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


def test_readable_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("#section-unit-table tbody tr:visible").count() == 10
    assert page.locator("form.controls").is_hidden()
    assert page.locator("#section-unit-table button").count() == 0
    context.close()


@pytest.mark.parametrize("width", [400, 1280])
def test_the_page_itself_never_scrolls_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(page, scheme):
    """WCAG 2.2 AA, 1.4.3: text on its background, 4.5 to 1 for text of ordinary size."""
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
          for (const e of document.querySelectorAll("body *:not(svg *)")) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
            const [ink, paper] = [light(getComputedStyle(e).color), light(ground(e))];
            const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            if (ratio < 4.5) found.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
          }
          return [...found];
        }"""
    )
    assert weak == []
