"""The kit as a person meets it: started by its command, answered in a real browser, exported, found again."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import EXAMPLES
from mkdocs_macros_adr_summary.parser import MADR4Parser
from playwright.sync_api import Browser, Locator, Page, expect

from decision_kit import Decision, evaluate, knowledge, record_wording, report, wording
from decision_kit.knowledge import Requirement

PATIENCE = 60_000
"""Longest wait for something to appear, in milliseconds; what is there sooner is not waited for."""

THEIRS = re.compile(r"favicon|ResizeObserver loop|Canceled future for create_subshell_request")
"""Errors on the console that are JupyterLab's own; the last when it changes its kernel while starting."""


@dataclass
class Kit:
    """A kit that runs, and the page that shows it."""

    folder: Path
    page: Page
    address: str = ""
    errors: list[str] = field(default_factory=list)

    def ready(self) -> None:
        """Wait until the notebook is there and its kernel idle."""
        expect(self.page.get_by_role("button", name="▶ Start")).to_be_visible(timeout=PATIENCE)
        expect(self.page.locator("[data-status=idle]").locator("visible=true").first).to_be_visible(timeout=PATIENCE)

    def turn_to(self, notebook: str) -> None:
        """Follow the link to another notebook and press its Start."""
        self.page.get_by_role("link", name=notebook).first.click()
        expect(self.page.get_by_role("heading", level=1, name=notebook)).to_be_visible(timeout=PATIENCE)
        self.page.get_by_role("button", name="▶ Start").locator("visible=true").click()

    def check_output(self) -> None:
        """Hold what the notebook shows to what every notebook promises: nothing sideways, nothing for axe to find."""
        wide = self.page.evaluate(
            """() => [...document.querySelectorAll('.jp-OutputArea-output, .jp-OutputArea-output *')]
            .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible'
                         && e.clientWidth && !e.closest('.js-plotly-plot') && !e.closest('select'))
            .map(e => e.className)"""
        )
        assert wide == []
        found = Axe().run(self.page, context={"include": [[".jp-OutputArea-output"]]}).response["violations"]
        assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found] == []

    def start(self) -> None:
        """Press Start and wait for the verdict."""
        self.page.get_by_role("button", name="▶ Start").click()
        expect(self.verdict).to_be_visible(timeout=PATIENCE)

    @property
    def verdict(self) -> Locator:
        """The panel of the verdict."""
        return self.page.locator(".dk-verdict").first

    @property
    def questions(self) -> Locator:
        """The questions of the theme that is shown."""
        return self.page.locator(".dk-question")

    @property
    def chart(self) -> Locator:
        """The chart of reasons: drawn, or in a later view a picture of itself until the mouse comes."""
        return self.page.locator(".jp-RenderedPlotly :is(.barlayer .point, img)").first

    def decision(self) -> Decision:
        """Read the one decision file of the folder, once what was answered is written: the verdict is shown before."""
        expect(self.page.locator("[data-status=idle]").locator("visible=true").first).to_be_visible(timeout=PATIENCE)
        (path,) = (self.folder / "decisions").glob("*.json")
        return Decision.open(path)

    def records(self) -> dict[str, Path]:
        """List the exported files by the end of their names."""
        return {path.name.partition(".")[2]: path for path in (self.folder / "records").iterdir()}


@pytest.fixture
def kit(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Kit]:
    """Start the kit by its command in an empty folder, or in one with the example that a test names."""
    folder = tmp_path / "work"
    for example in getattr(request, "param", ()):
        Decision.open(EXAMPLES / f"{example}.decision.json").save(folder / "decisions" / f"{example}.decision.json")
    command = [sys.executable, "-m", "decision_kit.cli", "--no-browser", "--folder", str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"HOME": str(tmp_path)}
    ) as process:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        try:
            address = next(line.strip() for line in process.stdout if line.startswith("http"))
            kit = Kit(folder, context.new_page(), address)
            kit.page.on("pageerror", lambda error: kit.errors.append(str(error)))
            kit.page.on("console", lambda said: kit.errors.append(said.text) if said.type == "error" else None)
            kit.page.goto(address)
            kit.ready()
            yield kit
            assert [error for error in kit.errors if not THEIRS.search(error)] == []
        finally:
            context.close()
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0


THEMES = list(dict.fromkeys(r.theme for r in knowledge.load().requirements.values()))
LEVELS = {requirement: number % 5 for number, requirement in enumerate(knowledge.load().requirements)}
NEEDS = {r.id: r for r in knowledge.load().requirements.values()}


def option(requirement: Requirement, levels: dict[str, int]) -> str:
    """Name the option of a question that these levels choose."""
    return f"{levels[requirement.id]}: {requirement.levels[levels[requirement.id]]}"


def check_exported(kit: Kit, levels: dict[str, int]) -> None:
    """Read the three files back and hold them to the answers given."""
    files = kit.records()
    decision = Decision.open(files["decision.json"])
    assert {answer.requirement: answer.level for answer in decision.answers} == levels
    assert replace(decision, basis=None) == kit.decision()
    assert report.decision_in(files["html"].read_text(encoding="utf-8")) == decision
    read = MADR4Parser.parse(files["md"], files["md"].parent)
    title = record_wording.title(evaluate(decision))
    assert (read.title, read.status, str(read.date)) == (title, "Proposed", decision.date)


def test_by_mouse_from_start_to_the_exported_files_and_back_after_a_refresh(kit: Kit):
    page = kit.page
    kit.start()
    page.get_by_label("What do you decide on?").fill("Parcel tracking")
    page.get_by_label("Which steps must run in order").fill("Label, hand over")
    page.get_by_label("Who only listens?").fill("Tracking mails")
    expect(kit.verdict).to_contain_text("0 of 13 answered")
    for theme in THEMES:
        page.get_by_role("button", name=f"{theme} (").click()
        for requirement in [r for r in NEEDS.values() if r.theme == theme]:
            kit.questions.get_by_label(option(requirement, LEVELS), exact=True).check()
    expect(kit.verdict).to_contain_text("13 of 13 answered")
    expect(kit.verdict).to_contain_text(wording.headline(evaluate(kit.decision())))

    page.get_by_role("button", name="More").last.click()
    page.get_by_label("Why did you answer so?").fill("the auditors asked")
    page.get_by_label("Must-have").check()
    page.get_by_label("Who needs this?").select_option("the reactions alone")
    expect(page.get_by_role("button", name="Less: need of the reactions, must-have, note")).to_be_visible()
    expect(kit.verdict).to_contain_text(wording.boundary(evaluate(kit.decision())))
    answer = kit.decision().answer_to("security_of_plane")
    assert (answer.note, answer.must, answer.scope) == ("the auditors asked", True, "reactions")

    expect(kit.chart).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Who decides?").fill("Tracking team\nCarrier team")
    page.get_by_role("button", name="Export the records").click()
    expect(page.get_by_role("link", name="download a copy")).to_have_count(3)
    check_exported(kit, LEVELS)
    with page.expect_download() as download:
        page.get_by_role("link", name="download a copy").first.click()
    assert Path(download.value.path()).read_bytes() == kit.records()["md"].read_bytes()
    with page.expect_popup() as popup:
        page.get_by_role("link", name="open").click()
    expect(popup.value.get_by_role("heading", level=1)).to_have_text(record_wording.title(evaluate(kit.decision())))
    popup.value.close()

    kept = kit.decision()
    page.reload()
    kit.ready()
    kit.start()
    expect(page.get_by_label("What do you decide on?")).to_have_value("Parcel tracking")
    for theme in THEMES:
        page.get_by_role("button", name=f"{theme} (").click()
        for requirement in [r for r in NEEDS.values() if r.theme == theme]:
            chosen = kit.questions.get_by_label(option(requirement, LEVELS), exact=True)
            expect(chosen).to_be_checked()
    assert kit.decision() == kept


def focus(page: Page) -> str:
    """Say what has the focus: its name as a screen reader would begin with it."""
    return page.evaluate(
        """() => { const e = document.activeElement; const label = e.labels?.[0] ?? e.closest("label");
        return `${e.type ?? e.tagName}: ${(label ?? e).textContent.trim()}`; }"""
    )


def tab_to(page: Page, wanted: str, *, most: int = 80) -> None:
    """Press Tab until something whose type and name begin so has the focus."""
    seen = []
    for _ in range(most):
        seen.append(focus(page))
        if seen[-1].startswith(wanted):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{wanted} is not reached by Tab, only {seen}")


def test_by_keyboard_alone_from_start_to_the_exported_files(kit: Kit):
    page = kit.page
    tab_to(page, "submit: ▶ Start")
    page.keyboard.press("Enter")
    expect(kit.verdict).to_be_visible(timeout=PATIENCE)
    tab_to(page, "text: What do you decide on?", most=16)
    page.keyboard.type("Keys only: m b d d a x")
    levels = {requirement: 1 + level % 4 for requirement, level in LEVELS.items()}
    for theme, after in zip(THEMES, [*THEMES[1:], None], strict=True):
        for requirement in [r for r in NEEDS.values() if r.theme == theme]:
            tab_to(page, f"radio: 0: {requirement.levels[0]}")
            for _ in range(levels[requirement.id]):
                page.keyboard.press("ArrowDown")
            expect(kit.questions.get_by_label(option(requirement, levels), exact=True)).to_be_checked()
            page.keyboard.press("Tab")
        if after:
            tab_to(page, f"submit: Next: {after}")
            page.keyboard.press("Enter")
            first = next(r for r in NEEDS.values() if r.theme == after)
            expect(page.get_by_label(f"0: {first.levels[0]}", exact=True)).to_be_focused()
    expect(kit.verdict).to_contain_text("13 of 13 answered")
    expect(page.get_by_role("button", name=f"More ({list(NEEDS.values())[-1].title})")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    tab_to(page, "textarea: Why did you answer so?")
    page.keyboard.type("the auditors asked")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Less: note")).to_be_visible()
    told = page.locator(".dk-desk").aria_snapshot()
    shown = [r for r in NEEDS.values() if r.theme == THEMES[-1]]
    for line in (
        f'button "{THEMES[-1]} ({len(shown)} of {len(shown)})" [pressed]',
        *(f'radiogroup "{r.question}"' for r in shown),
        *(f'radio "{option(r, levels)}" [checked]' for r in shown),
        f'button "Less: note ({shown[-1].title})" [expanded]',
        'textbox "Why did you answer so?":',
        "text: the auditors asked",
        f'heading "{wording.headline(evaluate(kit.decision()))}" [level=2]',
    ):
        assert line in told
    tab_to(page, "submit: Export the records")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="download a copy")).to_have_count(3)
    assert kit.decision().name == "Keys only: m b d d a x"
    assert kit.decision().answers[-1].note == "the auditors asked"
    check_exported(kit, levels)


@pytest.mark.parametrize("kit", [["order-and-payment"]], indirect=True)
def test_nothing_scrolls_sideways_and_axe_finds_nothing_in_our_output(kit: Kit):
    kit.start()
    expect(kit.chart).to_be_visible(timeout=PATIENCE)
    kit.page.get_by_role("button", name="More").first.click()
    expect(kit.page.get_by_label("Why did you answer so?")).to_be_visible()
    kit.check_output()


@pytest.mark.parametrize("kit", [["order-and-payment"]], indirect=True)
def test_an_answer_changed_moves_the_verdict_and_is_in_the_file(kit: Kit):
    kit.start()
    expect(kit.verdict).to_contain_text("Leaning towards a hybrid")
    kit.page.get_by_label("Who only listens?").fill("")
    kit.page.get_by_label("Which steps must run in order").focus()
    expect(kit.verdict).to_contain_text("Hybrid cannot be compared yet: name the reactions")
    path = kit.folder / "decisions" / "order-and-payment.decision.json"
    assert json.loads(path.read_text(encoding="utf-8"))["reactions"] == ""


@pytest.mark.parametrize("kit", [["order-and-payment"]], indirect=True)
def test_start_pressed_twice_shows_everything_once(kit: Kit):
    kit.start()
    expect(kit.chart).to_be_visible(timeout=PATIENCE)
    kit.page.get_by_role("button", name="▶ Start").click()
    expect(kit.page.get_by_text("[10]:")).to_be_visible(timeout=PATIENCE)
    expect(kit.page.locator(".dk-verdict")).to_have_count(1)
    expect(kit.page.get_by_role("button", name="Export the records")).to_have_count(1)
    expect(kit.chart).to_be_visible(timeout=PATIENCE)
    expect(kit.verdict).to_contain_text("13 of 13 answered")


@pytest.mark.parametrize("kit", [["order-and-payment"]], indirect=True)
def test_questions_and_verdict_stand_side_by_side_as_in_the_picture_of_the_readme(kit: Kit, tmp_path: Path):
    kit.start()
    expect(kit.chart).to_be_visible(timeout=PATIENCE)
    kit.page.locator(".dk-desk").evaluate("desk => desk.scrollIntoView({ block: 'start' })")
    kit.page.mouse.click(1230, 860)
    expect(kit.verdict.get_by_role("heading", level=2)).to_be_in_viewport(ratio=1)
    expect(kit.questions.first.get_by_role("radio", checked=True)).to_be_in_viewport(ratio=1)
    desk, verdict, question = (
        part.bounding_box() for part in (kit.page.locator(".dk-desk"), kit.verdict, kit.questions.first)
    )
    assert question["x"] + question["width"] <= verdict["x"]
    assert verdict["y"] + verdict["height"] <= 900
    assert desk["x"] + desk["width"] <= 1280
    # Make the picture anew with README_PICTURE=notebooks/1_decide.png in the environment.
    kit.page.set_viewport_size({"width": 1280, "height": 930})  # nothing beside the questions is cut off then
    kit.page.screenshot(path=os.environ.get("README_PICTURE", tmp_path / "picture.png"))


@pytest.mark.parametrize("kit", [["order-and-payment"]], indirect=True)
def test_what_if_moves_an_answer_and_keeps_it_as_a_decision_of_its_own(kit: Kit):
    page = kit.page
    kit.start()
    kit.turn_to("What if?")
    expect(page.get_by_text("Which model fits best, and in how many readings")).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Move this answer").select_option("Throughput and scale")
    expect(page.get_by_label("Set the first to")).not_to_contain_text("out of turn")
    page.get_by_label("Move this answer").select_option("Strict ordering")
    # The levels on offer are this answer's own, and the list shows that it is not moved yet.
    expect(page.get_by_label("Set the first to")).to_have_value("as saved")
    page.get_by_label("Set the first to").select_option("a need of the whole flow")
    moved = page.get_by_role("table", name="1 answer of 13 differs")
    expect(moved.get_by_role("row", name="Verdict")).to_contain_text("Leaning towards a hybrid")
    page.get_by_role("button", name="Keep as a new decision").click()
    expect(page.get_by_text("order-and-payment-what-if.decision.json")).to_be_visible()
    kept = Decision.open(kit.folder / "decisions" / "order-and-payment-what-if.decision.json")
    assert kept.answer_to("strict_ordering").scope == "whole"
    expect(page.get_by_role("table", name="answers of 13 differ")).to_be_visible()
    for choice in page.get_by_role("combobox").all():
        expect(choice).not_to_have_value("")  # a list that shows no choice looks broken
    kit.check_output()


@pytest.mark.parametrize("kit", [["order-and-payment"]], indirect=True)
def test_case_studies_are_browsed_judged_and_added_to(kit: Kit):
    page = kit.page
    kit.start()
    kit.turn_to("Case studies")
    expect(page.get_by_text("What this does not show")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".dk").get_by_text("58 cases of 58 (4 only reported")).to_be_visible()
    page.get_by_label("Which model did they choose?").select_option("Hybrid")
    expect(page.locator(".dk").get_by_text("9 cases of 58")).to_be_visible()
    page.get_by_label("Which model did they choose?").select_option("any model")
    expect(page.get_by_label("Which model did they choose?")).to_have_value("any model")
    page.get_by_label("Which model did they choose?").select_option("Hybrid")
    page.get_by_label("Which word occurs?").fill("taco")
    page.get_by_label("Which word occurs?").press("Tab")
    expect(page.locator(".dk").get_by_text("1 case of 58")).to_be_visible()
    page.get_by_role("button", name="Add it to my cases").click()
    expect(page.get_by_role("alert").first).to_contain_text("The organisation is missing")
    page.get_by_label("Which organisation?").fill("Acme")
    page.get_by_label("What was built?").select_option("Hybrid")
    replace(kit.decision(), status="accepted").save(kit.folder / "decisions" / "order-and-payment.decision.json")
    page.get_by_role("button", name="Add it to my cases").click()
    expect(page.get_by_text("Acme, Order and payment. It speaks").first).to_be_visible()
    assert "acme-order-and-payment,Acme" in (kit.folder / "my-cases.csv").read_text(encoding="utf-8")
    kit.check_output()


def test_a_part_moved_moves_the_line_in_sentence_and_picture_and_goes_into_the_decision(kit: Kit):
    page = kit.page
    kit.start()
    kit.turn_to("Where the boundary runs")
    finding = page.get_by_text("The boundary crosses 6 of 12 links.")
    expect(finding).to_be_visible(timeout=PATIENCE)
    picture, by_hand = page.locator(".jp-RenderedPlotly image"), re.compile("fixed%20by%20hand")
    expect(picture).to_have_attribute("href", re.compile("Notifications"), timeout=PATIENCE)
    expect(picture).not_to_have_attribute("href", by_hand)
    page.get_by_label("Move this part").select_option("Notifications")
    # The answer on offer is one that this part has, with its level.
    expect(page.get_by_label("to this level")).to_have_value(f"4: {NEEDS['throughput_scale'].levels[4]}")
    page.get_by_label("to this side").select_option("fixed to Orchestration")
    expect(page.get_by_text("The boundary crosses 5 of 12 links.")).to_be_visible()
    expect(page.get_by_text("Notifications changes to Orchestration.")).to_be_visible()
    expect(picture).to_have_attribute("href", by_hand, timeout=PATIENCE)
    page.get_by_text("The same as tables").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Notifications", exact=True))
    expect(row).to_contain_text("35.8 less")
    for choice in page.get_by_role("combobox").all():
        expect(choice).not_to_have_value("")
    kit.check_output()
    page.get_by_role("button", name="Put this boundary into the decision").click()
    expect(page.get_by_text("uber-rides.decision.json holds this boundary now.")).to_be_visible()
    assert kit.decision().system.part("notifications").model == "orchestration"


def test_a_system_of_ones_own_begins_from_the_template_and_a_mistake_in_it_is_told(kit: Kit):
    page = kit.page
    kit.start()
    kit.turn_to("Where the boundary runs")
    page.get_by_role("button", name="Begin my own system from the template").click(timeout=PATIENCE)
    expect(page.get_by_text("The boundary crosses 2 of 3 links.")).to_be_visible()
    expect(page.get_by_label("System", exact=True)).to_have_value("my-system")
    table = kit.folder / "systems" / "my-system.links.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("order,payment,12,awaited", "order,payment,12,maybe"))
    page.get_by_role("button", name="▶ Start").locator("visible=true").click()
    alert = page.get_by_role("alert").first
    expect(alert).to_contain_text("my-system.links.csv, row 2, column kind: 'maybe' is not allowed", timeout=PATIENCE)
    expect(page.get_by_text("The boundary crosses 2 of 3 links.")).to_be_visible()


def test_a_portfolio_is_read_drilled_into_and_carried_over(kit: Kit):
    page = kit.page
    kit.start()
    kit.turn_to("Portfolio")
    gist = "Of 500 workflows, Orchestration fits 344 best, Choreography 137, and Hybrid 19."
    expect(page.get_by_text(gist).first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("made-up workflows of an organisation").first).to_be_visible()
    expect(page.get_by_role("button", name="Write the report")).to_be_visible(timeout=PATIENCE)
    for choice in page.get_by_role("combobox").locator("visible=true").all():
        expect(choice).not_to_have_value("")  # a list that shows no choice looks broken
    page.get_by_role("button", name="Open a home claim").first.press("Enter")
    expect(page.get_by_label("Find a workflow")).to_be_focused()
    expect(page.get_by_text("Open a home claim (row 66, Fraud, Claims): It runs on Hybrid today")).to_be_in_viewport()
    page.get_by_label("Which domain?").select_option("Payments (71)")
    expect(page.get_by_text("Of 71 workflows, Orchestration fits 70 best").first).to_be_visible()
    page.get_by_label("Find a workflow").fill("349")
    page.get_by_label("Find a workflow").press("Enter")
    expect(page.get_by_text("which fits 10.0 points less well than the best")).to_be_visible()
    kit.check_output()
    page.get_by_role("button", name="Write the report").click()
    with page.expect_popup() as popup:
        page.get_by_role("link", name="open", exact=True).click()
    expect(popup.value.get_by_role("heading", level=1)).to_have_text("Portfolio: the sample of made-up workflows")
    popup.value.close()
    page.get_by_role("button", name="Carry it into 1_decide").click()
    page.get_by_role("link", name="1_decide").click()
    expect(page.get_by_role("heading", level=1, name="Orchestration, choreography")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="▶ Start").locator("visible=true").click()
    name = "Refund a card payment, business customers"
    expect(page.get_by_label("What do you decide on?")).to_have_value(name, timeout=PATIENCE)
    assert kit.decision().name == name
