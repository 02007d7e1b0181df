"""The kit as an app: every notebook a page that runs by itself, and answers that are there again."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import EXAMPLES
from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, expect

from decision_kit import Decision, InputError, launch

PATIENCE = 60_000
"""Longest wait for something to appear, in milliseconds; what is there sooner is not waited for."""

PAGES = {
    "1_decide.ipynb": "button:text('Export the records')",
    "2_what_if.ipynb": ".dk-map",
    "3_case_studies.ipynb": ".barlayer .point",
    "4_boundaries.ipynb": ".js-plotly-plot",
    "5_portfolio.ipynb": ".barlayer .point",
}
"""What each page shows once it is ready."""

FAILS = """\
# 1. What fails
from decision_kit import InputError

raise InputError("levels.csv, row 3: 7 is not a level; 0 to 4 are.")"""

DIES = """\
# 1. What dies, but only once
import os, signal
from pathlib import Path

if not Path("died").exists():
    Path("died").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"It lives" """

ORDER = "A fixed order is tidy, but late or swapped steps can be sorted out afterwards."


SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => { for (const shift of list.getEntries()) window.shifted += shift.value; })
  .observe({ type: "layout-shift", buffered: true });
"""
"""Adds up what moves on a page by itself: the share of the window that moves, times how far."""

CUT = """
() => {
  const cut = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode()); ) {
    const range = document.createRange();
    range.selectNodeContents(text);
    let { left, right } = range.getBoundingClientRect();
    const seen = text.data.trim() && right > left && !text.parentElement.closest(".dk-voice, select, textarea");
    for (let box = seen && text.parentElement; box; box = box.parentElement) {
      const { overflowX, textOverflow } = getComputedStyle(box);
      const edge = box.getBoundingClientRect();
      const beyond = overflowX !== "visible" && edge.width && (left < edge.left - 1 || right > edge.right + 1);
      if (beyond && ["auto", "scroll"].includes(overflowX)) {
        ({ left, right } = edge);
      } else if (beyond) {
        if (textOverflow !== "ellipsis") cut.push(text.data.trim());
        break;
      }
    }
  }
  return cut;
}
"""
"""Lists the texts, also those in charts, of which a box hides a part that no scrolling brings into sight."""


@dataclass
class App:
    """An app that runs, the folder that it shows, and a browser of its own for each test."""

    process: psutil.Popen
    address: str
    folder: Path
    context: BrowserContext | None = None
    asked: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def open(self, name: str = "1_decide.ipynb", ready: str = "") -> Page:
        """Open a page and wait until it is ready: its last cell, for each cell reads again what the files hold."""
        page = self.context.new_page()
        page.on("request", lambda request: self.asked.add(urlsplit(request.url).hostname or "this page"))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.address.replace("1_decide.ipynb", name))
        expect(page.locator(ready or PAGES[name]).first).to_be_visible(timeout=PATIENCE)
        return page

    def kernels(self) -> list[psutil.Process]:
        """List the processes that run pages; the server comes first."""
        return self.process.children(recursive=True)[1:]


@contextmanager
def serve(home: Path) -> Iterator[App]:
    """Start the app by its command, with the example that uses everything and two notebooks that fail."""
    folder = home / "work"
    Decision.open(EXAMPLES / "order-and-payment.decision.json").save(folder / "decisions" / "order.decision.json")
    for name, source in (("fails", FAILS), ("dies", DIES)):
        cells = [nbformat.v4.new_markdown_cell(f"# It {name}"), *(nbformat.v4.new_code_cell(source) for _ in range(2))]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{name}.ipynb")
    (folder / "no_notebook.ipynb").write_text("{", encoding="utf-8")
    command = [sys.executable, "-m", "decision_kit.cli", "app", "--no-browser", "--folder", str(folder)]
    process = psutil.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"HOME": str(home)})
    try:
        address = next(line.strip() for line in process.stdout if line.startswith("http"))
        yield App(process, address, folder)
    finally:
        everything = process.children(recursive=True)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 0
        assert psutil.wait_procs(everything, timeout=10)[1] == []


@contextmanager
def open_in(browser: Browser, app: App) -> Iterator[App]:
    """Give a test its own browser, and see to it that the pages ask no other server and break nowhere."""
    app.context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield app
    for page in app.context.pages:
        close(page)
    app.context.close()
    assert app.asked <= {"127.0.0.1", "this page"}
    assert app.errors == []


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Start the app once for most tests."""
    with serve(tmp_path_factory.mktemp("home")) as app:
        yield app


@pytest.fixture
def app(served: App, browser: Browser) -> Iterator[App]:
    """Open it for one test."""
    with open_in(browser, served) as app:
        yield app


@pytest.fixture
def hasty(tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """Start an app that waits for seconds where else it waits for minutes."""
    (tmp_path / ".jupyter").mkdir()
    settings = {"VoilaConfiguration": {"http_keep_alive_timeout": 1}}
    (tmp_path / ".jupyter" / "jupyter_server_config.json").write_text(json.dumps(settings), encoding="utf-8")
    monkeypatch.setenv("DECISION_KIT_FORGOTTEN", "10")
    with serve(tmp_path) as served, open_in(browser, served) as app:
        yield app


def close(page: Page) -> None:
    """Close a page as a person does, and not at once, which tells it nothing; what is on its way is let go."""
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_event("close"):
        page.close(run_before_unload=True)


def verdict(page: Page) -> Locator:
    return page.locator(".dk-verdict").first


def check(page: Page) -> None:
    """Hold a page to what every page promises: nothing for axe to find, nothing sideways."""
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_runs_by_itself_shows_neither_code_nor_how_to_run_it_and_is_light_or_dark_as_the_system_is(app: App):
    page = app.open()
    expect(page).to_have_title("Orchestration, choreography, or a hybrid?")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=2, name="6. Take it with you")).to_be_visible()
    expect(page.get_by_role("button", name="Export the records")).to_be_visible(timeout=PATIENCE)
    untold = re.compile("Start$|Run All|desk\\(\\)|One moment")
    expect(page.locator("body")).not_to_contain_text(untold, use_inner_text=True)
    # The system says light or dark, also while the page is open.
    for scheme, colour, light in (("light", "rgb(255, 255, 255)", "true"), ("dark", "rgb(17, 17, 17)", "false")):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("body")).to_have_css("background-color", colour)
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", light)


def test_answers_are_kept_across_a_refresh_which_ends_the_kernel_and_the_newest_decision_opens(app: App):
    page = app.open()
    before = app.kernels()
    assert before
    page.get_by_role("button", name="Start a new, empty decision").click()
    expect(verdict(page)).to_contain_text("0 of 13 answered", timeout=PATIENCE)
    page.get_by_label("What do you decide on?").fill("Parcel tracking")
    page.get_by_label(ORDER).check()
    expect(verdict(page)).to_contain_text("1 of 13 answered", timeout=PATIENCE)
    page.wait_for_function("!decisionKitUnsaved()")  # who goes before is asked first
    page.reload()
    expect(verdict(page)).to_contain_text("1 of 13 answered", timeout=PATIENCE)
    expect(page.get_by_label("What do you decide on?")).to_have_value("Parcel tracking")
    expect(page.get_by_label(ORDER)).to_be_checked()
    assert psutil.wait_procs(before, timeout=30)[1] == []


def test_who_closes_a_page_with_changes_that_are_not_saved_is_asked_first(app: App):
    page = app.open()
    page.get_by_role("button", name="Start a new, empty decision").click()
    expect(verdict(page)).to_contain_text("0 of 13 answered", timeout=PATIENCE)
    path = max((app.folder / "decisions").glob("*.json"), key=lambda path: path.stat().st_mtime)
    Decision.open(path).answer("strict_ordering", level=1).save(path)
    page.get_by_label(ORDER).check()
    expect(page.locator(".dk-reminder")).to_be_visible()
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    page.get_by_role("button", name="Take theirs").first.click()
    expect(page.locator(".dk-reminder")).to_have_count(0)
    with page.expect_event("close"):
        page.close(run_before_unload=True)


def test_a_kernel_that_stands_still_is_told_who_closes_the_page_is_asked_and_when_it_goes_on_all_is_saved(app: App):
    before, page = app.kernels(), app.open()
    (kernel,) = set(app.kernels()) - set(before)
    page.get_by_role("button", name="Start a new, empty decision").click()
    expect(verdict(page)).to_contain_text("0 of 13 answered", timeout=PATIENCE)
    kernel.suspend()
    try:
        page.get_by_label(ORDER).check()
        with page.expect_event("dialog") as asked:
            page.close(run_before_unload=True)
        asked.value.dismiss()
        told = page.get_by_role("alert").locator("visible=true")
        expect(told).to_contain_text("What runs this page does not answer at the moment;", timeout=PATIENCE)
        expect(page.get_by_label(ORDER)).to_be_enabled()
    finally:
        kernel.resume()
    expect(told).to_have_count(0, timeout=PATIENCE)
    expect(verdict(page)).to_contain_text("1 of 13 answered", timeout=PATIENCE)


def test_a_double_click_acts_once_and_only_undo_is_done_as_often_as_it_is_pressed(app: App):
    page, files = app.open(), len(list((app.folder / "decisions").iterdir()))
    page.get_by_role("button", name="Start a new, empty decision").dblclick()
    expect(verdict(page)).to_contain_text("0 of 13 answered", timeout=PATIENCE)
    choices = page.get_by_role("radio")
    for given in (1, 2):
        choices.nth(6 * given).check()
        expect(verdict(page)).to_contain_text(f"{given} of 13 answered", timeout=PATIENCE)
    assert len(list((app.folder / "decisions").iterdir())) == files + 1
    page.get_by_role("button", name=re.compile("^Undo: ")).dblclick()
    expect(verdict(page)).to_contain_text("0 of 13 answered", timeout=PATIENCE)


def test_a_kernel_that_dies_under_a_page_is_told_holds_the_controls_and_the_page_loaded_again_has_all_answers(app: App):
    before, page, name = app.kernels(), app.open(), "Killed"
    (kernel,) = set(app.kernels()) - set(before)
    page.get_by_role("button", name="Start a new, empty decision").click()
    expect(verdict(page)).to_contain_text("0 of 13 answered", timeout=PATIENCE)
    page.get_by_label("What do you decide on?").fill(name)
    page.get_by_label(ORDER).check()
    expect(verdict(page)).to_contain_text("1 of 13 answered", timeout=PATIENCE)
    expect(page.get_by_text("killed.decision.json").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name=re.compile("Undo: Strict ordering"))).to_be_enabled()  # so it is saved
    kernel.kill()
    told = page.get_by_role("alert").locator("visible=true")
    expect(told).to_have_text(
        "What runs this page has stopped; what was saved is kept, and only that. Load this page again"
    )
    for control in (page.get_by_label("What do you decide on?"), page.get_by_label(ORDER)):
        expect(control).to_be_disabled()
    assert set(app.kernels()) <= set(before)  # none takes the place of one that died
    page.get_by_role("button", name="Load this page again").press("Enter")
    expect(verdict(page)).to_contain_text("1 of 13 answered", timeout=PATIENCE)
    expect(page.get_by_label("What do you decide on?")).to_have_value(name)
    expect(page.get_by_label(ORDER)).to_be_checked()
    expect(page.get_by_label(ORDER)).to_be_enabled()
    expect(told).to_have_count(0)


def test_a_kernel_that_dies_while_a_page_is_set_up_is_told_in_one_sentence_and_the_page_loaded_again_is_whole(app: App):
    page = app.open("dies.ipynb", "button")
    told = page.get_by_role("alert").locator("visible=true")
    expect(told).to_have_text(
        "What runs this page has stopped; what was saved is kept, and only that. Load this page again"
    )
    expect(page.locator("body")).not_to_contain_text(re.compile("Traceback|exception|<"), use_inner_text=True)
    check(page)
    page.get_by_role("button", name="Load this page again").click()
    expect(page.get_by_text("It lives")).to_have_count(2, timeout=PATIENCE)
    expect(told).to_have_count(0)


def test_a_page_whose_kernel_was_ended_while_it_was_away_says_so_and_loaded_again_has_all_answers(hasty: App):
    lines: list[WebSocketRoute] = []
    away = False

    def connect(line: WebSocketRoute) -> None:
        if away:
            line.close()
        else:
            lines.extend((line, line.connect_to_server()))

    hasty.context.route_web_socket(re.compile("/channels"), connect)
    page = hasty.open()
    page.get_by_label(ORDER).check()
    expect(page.get_by_role("button", name="Undo: Strict ordering")).to_be_visible(timeout=PATIENCE)
    (kernel,) = hasty.kernels()
    assert kernel.is_running()  # an open page keeps it, however long nothing is answered
    away = True
    for line in lines:
        line.close()
    told = page.get_by_role("alert").locator("visible=true")
    expect(told).to_contain_text("The connection to the kit is lost; what was saved is kept.")
    expect(told).to_contain_text(
        "What runs this page has stopped; what was saved is kept, and only that.", timeout=PATIENCE
    )
    assert not kernel.is_running()
    expect(page.get_by_label(ORDER)).to_be_disabled()
    away = False
    page.get_by_role("button", name="Load this page again").click()
    expect(verdict(page)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_label(ORDER)).to_be_checked()
    expect(page.get_by_label(ORDER)).to_be_enabled()
    expect(told).to_have_count(0)


def test_a_page_whose_kernel_takes_long_to_start_says_so_until_it_is_there(hasty: App):
    page = hasty.context.new_page()
    page.goto(hasty.address, wait_until="commit")
    while not (kernels := hasty.kernels()):
        page.wait_for_timeout(50)
    kernels[0].suspend()
    told = page.get_by_role("alert").locator("visible=true")
    expect(told).to_have_text("This takes longer than usual. Load this page again", timeout=PATIENCE)
    kernels[0].resume()
    expect(verdict(page)).to_be_visible(timeout=PATIENCE)
    expect(told).to_have_count(0)


def test_every_notebook_of_the_folder_is_a_page_and_the_links_between_them_work(app: App):
    page = app.open()
    links = page.get_by_role("navigation").get_by_role("link")
    expect(links).to_have_text(
        [
            "Orchestration, choreography, or a hybrid?",
            "What if?",
            "Case studies",
            "Where the boundary runs",
            "Portfolio",
            "It dies",
            "It fails",
        ]
    )
    page.get_by_role("main").get_by_role("link", name="What if?").first.click()
    expect(page.get_by_label("Move this answer")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("navigation").locator("[aria-current=page]")).to_have_text("What if?")
    page.get_by_role("navigation").get_by_role("link", name="Case studies").click()
    expect(page.get_by_text("58 cases of 58 (4 only reported")).to_be_visible(timeout=PATIENCE)


def test_nothing_jumps_while_a_page_starts_or_while_answers_change(app: App):
    app.context.add_init_script(SHIFTS)
    page = app.open()
    told_last = page.get_by_text("Worth answering next")
    expect(told_last).to_be_visible(timeout=PATIENCE)
    assert page.evaluate("shifted") < 0.1  # what Chrome's own measure of it calls good
    before = page.evaluate("shifted")
    question = page.locator(".dk-question").nth(1)
    question.scroll_into_view_if_needed()
    place = question.bounding_box()
    for choice in (0, 3, 5):
        question.locator("input").nth(choice).check()
        expect(told_last).to_have_count(0, timeout=PATIENCE)
        expect(told_last).to_be_visible(timeout=PATIENCE)
        assert question.bounding_box() == place
    assert page.evaluate("shifted") - before < 0.02


def test_exported_files_are_downloaded_and_the_report_opens(app: App):
    page = app.open()
    page.get_by_role("button", name="Export the records").click(timeout=PATIENCE)
    expect(page.get_by_role("link", name="download a copy")).to_have_count(3, timeout=PATIENCE)
    with page.expect_download() as download:
        page.get_by_role("link", name="download a copy").first.click()
    (record,) = (app.folder / "records").glob("*.md")
    assert Path(download.value.path()).read_bytes() == record.read_bytes()
    with page.expect_popup() as popup:
        page.get_by_role("link", name="open").click()
    expect(popup.value.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    popup.value.close()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_a_desk_or_a_phone(app: App, name: str):
    page = app.open(name)
    expect(page.locator("section:empty, section .jp-CodeCell:empty")).to_have_count(0, timeout=PATIENCE)
    check(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})
    page.evaluate("for (const part of document.querySelectorAll('main details')) part.open = true")
    check(page)
    for chart in page.locator(".dk-broad .js-plotly-plot").all():
        expect(chart.locator(".main-svg").first).to_have_css("width", "800px")
    assert page.evaluate(CUT) == []


def test_on_a_phone_only_wide_tables_and_charts_scroll_sideways_and_running_text_keeps_the_width(app: App):
    page = app.open("3_case_studies.ipynb")
    page.set_viewport_size({"width": 390, "height": 800})
    page.evaluate("for (const part of document.querySelectorAll('main details')) part.open = true")
    for told in page.locator(".dk > p:visible").all():
        assert told.bounding_box()["width"] <= 350
    wide = "boxes => boxes.filter(box => box.scrollWidth > box.clientWidth).map(box => box.tabIndex)"
    reached = page.locator(".dk-sideways, .dk-picture .jp-OutputArea").evaluate_all(wide)
    assert set(reached) == {0}  # the arrow keys scroll them too


def test_in_a_portfolio_magnified_twice_no_box_scrolls_sideways(app: App):
    page = app.open("5_portfolio.ipynb")
    page.set_viewport_size({"width": 640, "height": 450})
    expect(page.get_by_role("button", name="Write the report")).to_be_visible(timeout=PATIENCE)
    wide = "boxes => boxes.filter(box => box.scrollWidth > box.clientWidth).map(box => box.textContent.slice(0, 40))"
    assert page.locator(".widget-vbox").evaluate_all(wide) == []


def test_on_a_phone_each_cell_of_a_list_says_its_column_and_lists_to_choose_from_have_the_whole_width(app: App):
    page = app.open("5_portfolio.ipynb")
    cell = page.locator("td[data-head='Runs today']").first
    expect(cell).to_be_visible(timeout=PATIENCE)
    said = "e => getComputedStyle(e, '::before').content"
    assert cell.evaluate(said) == "none"
    page.set_viewport_size({"width": 390, "height": 800})
    assert cell.evaluate(said) == '"Runs today: "'
    page = app.open("4_boundaries.ipynb")
    page.set_viewport_size({"width": 390, "height": 800})
    for name in ("to this side", "to this level", "to this kind"):
        assert page.get_by_label(name).bounding_box()["width"] > 300


def test_a_notebook_that_fails_says_so_in_one_sentence(app: App):
    page = app.open("fails.ipynb", ".dk-failed")
    told = page.get_by_role("alert").locator("visible=true")
    expect(told).to_have_text(
        ["This page cannot be shown: levels.csv, row 3: 7 is not a level; 0 to 4 are. Reload it once that is mended."]
    )
    expect(page.locator("body")).not_to_contain_text(re.compile("Traceback|<"), use_inner_text=True)
    check(page)


def test_a_page_that_is_not_there_is_told_too(app: App):
    page = app.open("nothing.ipynb", "h1")
    expect(page.locator("main")).to_contain_text("There is no notebook of this name in your folder.")
    check(page)


def test_who_has_no_token_is_not_let_in(served: App):
    address = urlsplit(served.address)
    connection = HTTPConnection(address.netloc, timeout=60)
    connection.request("GET", address.path)
    answer = connection.getresponse()
    connection.close()
    assert (answer.status, urlsplit(answer.headers["Location"]).path) == (HTTPStatus.FOUND, "/login")


def test_where_voila_is_missing_one_sentence_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    launch.prepare(tmp_path / "work")
    monkeypatch.setitem(sys.modules, "voila", None)
    with pytest.raises(InputError, match=r"The app needs voila, .* install it with: .*python.* -m pip install voila$"):
        launch.run(tmp_path / "work", app=True)
