"""The pages for readers in a real browser: quiet, alone, legible."""

import shutil
from io import BytesIO

import pytest
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from agent import resources
from agent.reports import jinja
from agent.reports.summary import summarise
from tests.reports.judged import empty, hostile, judged, nothing

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")

NAMES = ("auditor", "executive", "patch-entitlement")
ESTATES = {"judged": lambda told: told, "hostile": hostile, "nothing": nothing, "empty": empty}
WEAK = """() => {
  const light = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = (e) => {
    const c = getComputedStyle(e).backgroundColor;
    return c.endsWith(", 0)") ? ground(e.parentElement) : c;
  };
  const found = new Set();
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const [ink, paper] = [light(getComputedStyle(e).color), light(ground(e))];
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < 4.5) found.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
  }
  return [...found];
}"""


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        # Root, as in a container, has no sandbox of its own to give.
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def folder(report, tmp_path_factory):
    """The pages alone: what the other formats say is tested without a browser."""
    out = tmp_path_factory.mktemp("readers")
    searched = (resources.folder("templates"),)
    for estate, make in ESTATES.items():
        told = make(judged(report))
        (out / estate).mkdir()
        for name in NAMES:
            with (out / estate / f"{name}.html").open("w", encoding="utf-8") as stream:
                template = f"{name}.html.j2"
                jinja.write(searched, template, stream, report=told, summary=summarise(told))
    return out


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.mark.parametrize("estate", ESTATES)
def test_a_page_is_quiet_asks_nobody_and_fits(browser, folder, name, estate):
    address = (folder / estate / f"{name}.html").as_uri()
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("h1").count() == page.locator("main").count() == 1
    assert page.evaluate("window.ran === undefined && !document.querySelector('main img')")
    page.close()
    assert said == [address]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser, folder, name, scheme):
    """WCAG 2.2 AA, 1.4.3: text on its background, 4.5 to 1 for text of ordinary size."""
    page = browser.new_page(color_scheme=scheme)
    page.goto((folder / "judged" / f"{name}.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    weak = page.evaluate(WEAK)
    page.close()
    assert weak == []


def test_a_link_to_a_device_opens_it(browser, folder):
    page = browser.new_page()
    page.goto((folder / "judged" / "auditor.html").as_uri() + "#ZZZ00000001")
    device = page.locator("#ZZZ00000001")
    assert device.get_attribute("open") is not None
    assert "a" * 64 in device.inner_text()
    assert page.locator("#ZZZ00000002").get_attribute("open") is None
    page.get_by_role("link", name="ZZZ00000002").first.click()
    page.wait_for_function("document.querySelector('#ZZZ00000002').open")
    page.get_by_role("button", name="Open or close all").click()
    assert page.locator("details.story:not([open])").count() == 0
    page.close()


def printed(browser, address):
    """The text of each page, as the page's own print style lays them out."""
    page = browser.new_page()
    page.goto(address.as_uri())
    pages = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    page.close()
    return ["".join(each.extract_text().split()) for each in pages]


@pytest.mark.parametrize("estate", ESTATES)
def test_the_executive_page_prints_on_one_page(browser, folder, estate):
    assert len(printed(browser, folder / estate / "executive.html")) == 1


def test_on_paper_every_device_is_open(browser, report, folder):
    text = "".join(printed(browser, folder / "judged" / "auditor.html"))
    assert text.count("Decisionpath") == len(report.assets)
