"""What the page does for those who work in it: keys, states told, nothing that jumps, and a kernel that is gone."""

import io
import json
import re
import sys
from pathlib import Path

import psutil
import pytest
import test_browser
from conftest import EXAMPLES
from PIL import Image
from playwright.sync_api import Locator, Route, WebSocketRoute, expect
from test_browser import PATIENCE, Kit

from decision_kit import Decision, files

kit = test_browser.kit
EXAMPLE = EXAMPLES / "order-and-payment.decision.json"
WITH_EXAMPLE = pytest.mark.parametrize("kit", [["order-and-payment"]], indirect=True)
NOTEBOOKS = sorted(path.name for path in files.shipped("notebooks").glob("*.ipynb"))


def open_notebook(kit: Kit, name: str) -> None:
    """Open a notebook by its address, with no session for it yet."""
    kit.page.goto(re.sub(r"[^/]+\.ipynb.*", name, kit.page.url))


def last_output(kit: Kit) -> Locator:
    """Find what the last cell shows."""
    return kit.page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output").first


def kernel() -> psutil.Process:
    """Find the kernel of the one kit that this test runs."""
    (found,) = [
        process
        for process in psutil.Process().children(recursive=True)
        if process.status() != psutil.STATUS_ZOMBIE and "ipykernel_launcher" in process.cmdline()
    ]
    return found


def darken(kit: Kit) -> None:
    """Choose JupyterLab's dark theme for pages that are opened from now on."""
    settings = (
        kit.folder.parent / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    )
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('{"theme": "JupyterLab Dark"}', encoding="utf-8")


def test_start_pressed_at_once_is_kept_in_every_notebook_and_in_the_dark_theme_axe_finds_nothing_there(kit: Kit):
    darken(kit)
    Decision.open(EXAMPLE).save(kit.folder / "decisions" / EXAMPLE.name)
    for name in NOTEBOOKS[1:] + NOTEBOOKS[:1]:
        open_notebook(kit, name)
        kit.page.get_by_role("button", name="▶ Start").click()
        expect(kit.page.get_by_role("button", name="▶ Starting…")).to_have_attribute("aria-busy", "true")
        expect(last_output(kit)).to_be_attached(timeout=PATIENCE)
        expect(kit.page.get_by_role("button", name="▶ Start", exact=True)).to_be_visible(timeout=PATIENCE)
        expect(kit.page.locator("[data-jp-theme-light=false]").first).to_be_attached()
        kit.check_output()


def greys(part: Locator) -> tuple[int, int, int]:
    """Give the darkest and the lightest grey of a part of the page, from 0 to 255, and that of its ground."""
    seen = Image.open(io.BytesIO(part.screenshot())).convert("L")
    return *seen.getextrema(), max(range(256), key=seen.histogram().__getitem__)


@WITH_EXAMPLE
def test_what_unfolds_beside_the_questions_is_in_sight(kit: Kit):
    kit.start()
    kit.page.set_viewport_size({"width": 1280, "height": 520})
    kit.page.get_by_text("If every need counted the same", exact=True).click()
    expect(kit.page.get_by_text("Over all weightings there are")).to_be_in_viewport(ratio=0.95)


@WITH_EXAMPLE
def test_a_choice_without_its_reason_is_asked_for_it_where_the_reason_is_typed(kit: Kit):
    kit.start()
    kit.page.get_by_label("What do you choose?").select_option("Orchestration")
    kit.page.get_by_role("button", name="Export the records").click()
    expect(kit.page.get_by_label("Why? (needed where")).to_be_focused()
    expect(kit.page.locator(".dk-choice").get_by_text("Say why you choose orchestration")).to_be_in_viewport()
    assert not (kit.folder / "records").exists()


@WITH_EXAMPLE
def test_a_chart_is_dark_on_the_ground_of_a_light_page_and_light_on_that_of_a_dark_one(kit: Kit):
    chart = kit.page.locator(".jp-RenderedPlotly")
    kit.start()
    expect(chart.locator(".barlayer .point").first).to_be_visible(timeout=PATIENCE)
    darkest, _, ground = greys(chart)
    assert (darkest < 50, ground) == (True, greys(kit.verdict)[2])
    darken(kit)
    kit.page.reload()
    kit.ready()
    kit.start()
    for shown in (kit.chart, chart.locator(".barlayer .point").first):  # at first maybe a picture of itself
        expect(shown).to_be_visible(timeout=PATIENCE)
        _, lightest, ground = greys(chart)
        assert (lightest > 200, ground) == (True, greys(kit.verdict)[2])
        chart.hover()


def test_run_all_from_the_menu_before_there_is_a_kernel_waits_for_it(kit: Kit):
    page, asked, kept = kit.page, [], []

    def keep(route: Route) -> None:
        kept.append(route) if route.request.method == "POST" and not asked else route.continue_()

    page.route("**/api/sessions*", keep)
    with page.expect_request(lambda request: request.method == "POST" and "/api/sessions" in request.url):
        open_notebook(kit, "2_what_if.ipynb")
    expect(page.get_by_role("button", name="▶ Start")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    asked.append("the menu")
    for route in kept:
        route.continue_()
    expect(last_output(kit)).to_be_attached(timeout=PATIENCE)
    expect(page.get_by_role("dialog")).to_have_count(0)


@WITH_EXAMPLE
def test_start_pressed_again_leaves_the_page_where_it_is(kit: Kit):
    page = kit.page
    first, places = page.get_by_role("heading", name="1. Which decision?"), []
    kit.start()
    for runs in (1, 2, 3):
        expect(page.locator(".jp-CodeCell .jp-OutputPrompt").last).to_have_text(f"[{6 * runs}]:", timeout=PATIENCE)
        expect(kit.chart).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("button", name="Export the records")).to_be_visible(timeout=PATIENCE)
        expect(first).to_be_in_viewport()
        places.append(first.bounding_box())
        assert places == places[:1] * runs
        page.get_by_role("button", name="▶ Start").click()


def test_one_click_on_the_bar_of_a_hidden_cell_shows_no_python_two_clicks_and_the_menu_do(kit: Kit):
    page = kit.page
    python = page.locator(".jp-CodeCell .jp-InputArea-editor").locator("visible=true")
    bars = page.locator(".jp-InputPlaceholder .jp-Placeholder-content")
    kit.start()
    for part in (bars.first, page.locator(".jp-CodeCell .jp-InputCollapser").first):
        part.click()
        expect(page.locator(".jp-CodeCell").first).to_have_class(re.compile("jp-mod-active"))
        expect(python).to_have_count(0)
    bars.first.dblclick()
    expect(python).to_have_count(1)
    expect(python).to_contain_text("desk().chooser")
    bars.first.click()
    page.get_by_role("menuitem", name="View", exact=True).click()
    page.get_by_role("menuitem", name="Expand Selected Code", exact=True).click()
    expect(python).to_have_count(2)


# -- keys ----------------------------------------------------------------------------------------------------------


CELLS = """() => [...document.querySelectorAll('.jp-Cell')].map(
    cell => cell.className.replace(/ jp-mod-(dirty|active|selected)|lm-mod-\\S+/g, '')).join('; ')"""
"""Says of each cell of what kind it is and what stands in it, but not where the hand is."""


def shortcuts() -> list[list[str]]:
    """Read every shortcut without Ctrl, Alt or Cmd from JupyterLab's own schema files, by Playwright's names."""
    found = {
        tuple(shortcut["keys"])
        for path in (Path(sys.prefix) / "share" / "jupyter" / "lab" / "schemas").rglob("*.json")
        for shortcut in json.loads(path.read_text(encoding="utf-8")).get("jupyter.lab.shortcuts", [])
        if any(shortcut["keys"]) and not re.search("Ctrl|Accel|Alt|Cmd", " ".join(shortcut["keys"]))
    }
    assert {("D", "D"), ("0", "0"), ("I", "I"), ("Shift M"), ("M",), ("Shift Enter",)} - found == {"Shift M"}
    # A letter by itself is typed without Shift.
    return sorted([key.lower() if len(key) == 1 else key.replace(" ", "+") for key in keys] for keys in found)


@WITH_EXAMPLE
def test_no_key_of_jupyterlab_acts_on_cells_from_any_kind_of_control(kit: Kit):
    page = kit.page
    kit.start()
    page.get_by_role("button", name="More").first.click()
    page.get_by_label("Why did you answer so?").wait_for()
    expect(last_output(kit)).to_be_attached(timeout=PATIENCE)  # until then cells change by themselves
    before = page.evaluate(CELLS)
    controls = {
        "a line": page.get_by_label("What do you decide on?"),
        "a text": page.get_by_label("Why did you answer so?"),
        "a list": page.get_by_label("Who needs this?"),
        "a choice": kit.questions.get_by_role("radio", checked=True).first,
        "a box": page.get_by_role("checkbox", name="Must-have"),
        "a button": page.get_by_role("button", name="Preview the record"),
        "a summary": page.get_by_text("The table behind the chart"),
    }
    for kind, control in controls.items():
        for keys in shortcuts():
            control.focus()
            for key in keys:
                page.keyboard.press(key)
            assert page.get_by_role("dialog").count() == 0, (kind, keys)
        assert page.evaluate(CELLS) == before, kind
    expect(page.locator("[data-status=idle]").locator("visible=true").first).to_be_visible(timeout=PATIENCE)
    expect(kit.verdict).to_be_visible()


@WITH_EXAMPLE
def test_parts_states_and_changes_are_told_to_a_screen_reader(kit: Kit):
    page = kit.page
    page.get_by_role("tab", name="Table of Contents").click()
    parts = page.locator(".jp-RenderedMarkdown h2").all_inner_texts()
    assert len(parts) == page.locator(".jp-CodeCell").count()
    for part in parts:
        expect(page.get_by_role("treeitem", name=part)).to_be_visible()
    page.get_by_role("tab", name="Table of Contents").click()
    kit.start()
    themes = page.locator(".dk-themes")
    expect(themes.get_by_role("button", pressed=True)).to_have_text("The flow itself (3 of 3)")
    more = page.get_by_role("button", name="(Strict ordering)")
    expect(more).to_have_attribute("aria-expanded", "false")
    more.focus()
    page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(more).to_have_accessible_name("Less: need of the core, must-have, note (Strict ordering)")
    expect(more).to_be_focused()
    expect(page.get_by_role("radiogroup", name="Must the steps run in one fixed order?")).to_be_visible()
    voice = page.locator(".dk-voice[role=status]")
    expect(voice).to_contain_text("Leaning towards a hybrid")
    page.get_by_label("Who only listens?").fill("")
    page.keyboard.press("Tab")
    expect(voice).to_contain_text(kit.verdict.get_by_role("heading", level=2).inner_text())
    expect(voice).not_to_contain_text("hybrid")


def test_a_question_is_one_stop_of_the_tab_key_and_arrows_stay_in_it(kit: Kit):
    page = kit.page
    kit.start()
    first, second = kit.questions.nth(0).get_by_role("radio"), kit.questions.nth(1).get_by_role("radio")
    first.first.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="More (Strict ordering)")).to_be_focused()
    page.keyboard.press("Tab")
    expect(second.first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    for _ in range(first.count()):
        page.keyboard.press("ArrowUp")
    expect(kit.verdict).to_contain_text("1 of 13 answered")
    expect(kit.questions.nth(0).get_by_role("radio", checked=True)).to_be_focused()


@WITH_EXAMPLE
def test_an_answer_moves_nothing_under_the_hand_and_what_was_opened_stays_open(kit: Kit):
    page = kit.page
    kit.start()
    expect(kit.chart).to_be_visible(timeout=PATIENCE)
    for words in ("Why “leaning”?", "The table behind the chart"):
        page.get_by_text(words).click()
    answer = kit.questions.last.get_by_role("radio").first
    answer.scroll_into_view_if_needed()
    answer.evaluate(
        """answer => { window.seen = new Set();
        const look = () => { seen.add(Math.round(answer.getBoundingClientRect().top)); requestAnimationFrame(look); };
        look(); }"""
    )
    count = page.locator(".dk table").filter(has_text="Contributions in points of fit").inner_text()
    answer.check()
    expect(page.locator(".dk table").filter(has_text="Contributions in points of fit")).not_to_have_text(count)
    expect(page.get_by_text("Contributions in points of fit")).to_be_visible()
    expect(kit.verdict.get_by_text("A reading takes one level")).to_be_visible()
    expect(kit.chart).to_be_visible()
    assert len(page.evaluate("[...seen]")) == 1


# -- a kernel that is gone -----------------------------------------------------------------------------------------


def test_a_kernel_that_dies_is_told_at_once_and_start_brings_everything_back(kit: Kit):
    page, name = kit.page, kit.page.get_by_label("What do you decide on?")
    kit.start()
    name.fill("Parcel tracking")
    kit.questions.first.get_by_role("radio").nth(1).check()
    expect(kit.verdict).to_contain_text("1 of 13 answered")
    assert kit.decision().answers
    kernel().kill()
    told = page.locator(".dk-stopped")
    expect(told).to_contain_text("what was saved is kept")
    page.get_by_role("dialog").get_by_role("button", name="Ok").click()  # JupyterLab says the same
    expect(name).to_be_disabled()
    expect(kit.questions.first.get_by_role("radio").nth(2)).to_be_disabled()
    told.get_by_role("button", name="▶ Start").press("Enter")
    expect(told).to_have_count(0, timeout=PATIENCE)
    expect(name).to_have_value("Parcel tracking")
    expect(name).to_be_enabled()
    expect(kit.questions.first.get_by_role("radio").nth(1)).to_be_checked()
    kit.questions.last.get_by_role("radio").nth(2).check()
    expect(kit.verdict).to_contain_text("2 of 13 answered")
    assert [answer.level for answer in kit.decision().answers] == [1, 2]


def test_a_lost_connection_holds_the_controls_until_it_is_back_or_the_kernel_is_seen_to_be_gone(kit: Kit):
    page, name = kit.page, kit.page.get_by_label("What do you decide on?")
    told = page.locator(".dk-stopped")
    lines: list[WebSocketRoute] = []
    away, deaf = False, False

    def connect(line: WebSocketRoute) -> None:
        if away:
            line.close()
        else:
            line.connect_to_server().on_message(lambda message: None if deaf else line.send(message))
            lines.append(line)

    def cut() -> None:
        for line in lines:
            line.close()
        lines.clear()

    page.route_web_socket(re.compile("/channels"), connect)
    page.reload()
    kit.ready()
    kit.start()
    name.focus()
    deaf = True  # the page hears nothing of its first letter, so the others wait to be sent
    page.keyboard.type("Parcel")
    away = True
    cut()
    expect(told).to_contain_text("The connection to the kit is lost")
    expect(name).to_be_disabled()
    away, deaf = False, False
    expect(told).to_have_count(0, timeout=PATIENCE)
    expect(name).to_be_focused()
    expect(name).to_have_value("Parcel")
    page.keyboard.type(" tracking")
    page.keyboard.press("Tab")
    kit.questions.first.get_by_role("radio").nth(1).check()
    expect(kit.verdict).to_contain_text("1 of 13 answered", timeout=PATIENCE)
    expect(page.locator("option", has_text="Parcel tracking")).to_be_attached()  # the list of decisions, once saved
    assert kit.decision().name == "Parcel tracking"  # also what was on its way when the connection went

    away = True
    cut()
    expect(told).to_contain_text("The connection to the kit is lost")
    gone = kernel()
    gone.kill()
    gone.wait(60)
    away = False
    expect(told).to_contain_text("The notebook's kernel has stopped", timeout=PATIENCE)
    expect(name).to_be_disabled()
    # An answer that was given up may come after all, which ipywidgets counts as one too many.
    kit.errors[:] = [error for error in kit.errors if "Pending messages < 0" not in error]
