"""Nothing is lost in daily use: a kernel killed, two tabs on one file, a text typed fast, all in a real browser."""

import re
import shutil

import test_browser
from playwright.sync_api import Page, expect
from test_browser import LEVELS, NEEDS, PATIENCE, THEMES, Kit, option
from test_page import WITH_EXAMPLE, kernel

from decision_kit import Decision

kit = test_browser.kit


def answer(kit: Kit, themes: list[str], levels: dict[str, int]) -> None:
    for theme in themes:
        kit.page.get_by_role("button", name=f"{theme} (").click()
        for requirement in [r for r in NEEDS.values() if r.theme == theme]:
            kit.questions.get_by_label(option(requirement, levels), exact=True).check()


def test_a_kernel_killed_and_started_again_has_all_answers_and_nothing_twice(kit: Kit):
    page = kit.page
    kit.start()
    page.get_by_label("What do you decide on?").fill("Parcel tracking")
    answer(kit, THEMES[:2], LEVELS)
    page.get_by_label("What should a reader know of the system?").press_sequentially("Typed and never left")
    expect(page.get_by_text("parcel-tracking.decision.json").first).to_be_visible()
    given = sum(r.theme in THEMES[:2] for r in NEEDS.values())
    expect(kit.verdict).to_contain_text(f"{given} of 13 answered")
    # The last answer may reach the kernel between two letters, and then parts the text into two steps.
    expect(page.get_by_role("button", name="→ Typed and never left")).to_be_visible()
    killed = kernel()
    killed.kill()
    kept = kit.decision()
    assert kept.context == "Typed and never left"
    killed.wait(60)
    page.reload()
    kit.ready()
    kit.start()
    expect(kit.verdict).to_contain_text(f"{given} of 13 answered")
    expect(page.get_by_label("What do you decide on?")).to_have_value("Parcel tracking")
    expect(page.get_by_label("What should a reader know of the system?")).to_have_value("Typed and never left")
    expect(page.get_by_role("button", name="Export the records")).to_have_count(1)
    expect(page.locator(".dk-verdict")).to_have_count(1)
    answer(kit, THEMES[2:], LEVELS)
    expect(kit.verdict).to_contain_text("13 of 13 answered")
    assert {each.requirement: each.level for each in kit.decision().answers} == LEVELS
    assert kit.decision().name == "Parcel tracking"
    # The page was saved while it showed controls of the dead kernel, and says so before Start shows new ones.
    kit.errors[:] = [error for error in kit.errors if "widget model not found" not in error]


def open_second(kit: Kit) -> Page:
    """Open a copy of the notebook in another tab, with a kernel of its own."""
    shutil.copy(kit.folder / "1_decide.ipynb", kit.folder / "second.ipynb")
    server, token = kit.address.partition("doc/tree/")[0], kit.address.partition("token=")[2]
    session = {"path": "second.ipynb", "name": "second.ipynb", "type": "notebook", "kernel": {"name": "python3"}}
    headers = {"Authorization": f"token {token}"}
    assert kit.page.request.post(f"{server}api/sessions", data=session, headers=headers).ok
    page = kit.page.context.new_page()
    page.goto(kit.address.replace("1_decide.ipynb", "second.ipynb"))
    second = Kit(kit.folder, page)
    second.ready()
    second.start()
    return page


@WITH_EXAMPLE
def test_the_second_of_two_tabs_to_answer_is_told_merges_and_the_first_reads_it_at_start(kit: Kit):
    first = kit.page
    second = open_second(kit)
    kit.start()
    levels = [f"{level}: {text}" for level, text in enumerate(NEEDS["strict_ordering"].levels)]
    path = kit.folder / "decisions" / "order-and-payment.decision.json"
    first.get_by_label(levels[1], exact=True).check()
    expect(first.get_by_role("button", name="Undo: Strict ordering: level 4 → level 1")).to_be_visible()
    second.get_by_label(levels[2], exact=True).check()
    trouble = second.locator(".dk-side .dk-saving")
    expect(trouble).to_contain_text("Your last changes are not saved. ")
    expect(trouble).to_contain_text("Strict ordering: level 4 → level 1")
    expect(trouble).to_contain_text("Strict ordering: level 4 → level 2")
    expect(trouble.get_by_role("button", name="Merge both")).to_be_in_viewport()
    Kit(kit.folder, second).check_output()
    assert Decision.open(path).answer_to("strict_ordering").level == 1
    trouble.get_by_role("button", name="Merge both").press("Enter")
    expect(trouble).to_contain_text("level 1 in one copy, level 2 in the other; now levels 1 to 2.")
    assert Decision.open(path).answer_to("strict_ordering").level == (1, 2)
    choices = second.get_by_role("radiogroup", name=NEEDS["strict_ordering"].question)
    expect(choices).to_have_accessible_description(re.compile(r"Your answer is a range, level 1 to 2\. Between “"))
    expect(choices.locator("label.dk-within")).to_have_text(list(levels[1:3]))
    Kit(kit.folder, second).check_output()
    first.get_by_role("button", name="▶ Start").click()
    expect(first.locator(".dk-side .dk-saving")).to_contain_text("Strict ordering: level 1 → levels 1 to 2")
    expect(first.get_by_label(levels[1], exact=True)).not_to_be_checked()
    undo = first.get_by_role("button", name="Undo: Strict ordering: level 1 → levels 1 to 2")
    undo.press("Enter")
    expect(first.get_by_label(levels[1], exact=True)).to_be_checked()
    assert Decision.open(path).answer_to("strict_ordering").level == 1


READ = """
window.readAtOnce = 0;
const look = () => {
  const all = document.querySelectorAll(".dk-message[role=alert]");
  window.readAtOnce = Math.max(window.readAtOnce, all.length);
  requestAnimationFrame(look);
};
look();
"""
"""Counts, each time the page is painted, the messages that a screen reader would read."""


@WITH_EXAMPLE
def test_what_is_asked_when_a_file_was_changed_elsewhere_is_read_once_and_the_focus_is_never_lost(kit: Kit):
    page = kit.page
    levels = [f"{level}: {text}" for level, text in enumerate(NEEDS["strict_ordering"].levels)]
    path = kit.folder / "decisions" / "order-and-payment.decision.json"
    kit.start()
    expect(kit.chart).to_be_visible(timeout=PATIENCE)
    export = page.get_by_role("button", name="Export the records")
    expect(export).to_be_visible(timeout=PATIENCE)  # the last cell: each one reads again what the file holds
    page.evaluate(READ)
    trouble = page.locator(".dk-side .dk-saving")
    for press, mine in (("Merge both", levels[2]), ("Take theirs", levels[3])):
        now = Decision.open(path)
        now.answer("strict_ordering", level=1 - (now.answer_to("strict_ordering").level == 1)).save(path)
        page.get_by_label(mine, exact=True).focus()
        page.keyboard.press("Space")
        expect(trouble).to_contain_text("Your last changes are not saved. ")
        expect(page.locator(".dk-saving .dk-message")).to_have_count(3)
        line = page.locator(".dk-reminder[role=alert]")
        expect(line).to_contain_text("Your last changes are not saved.")
        for seen in (export, kit.questions.first):
            seen.scroll_into_view_if_needed()
            expect(line).to_be_in_viewport()
        line.get_by_role("button", name="See what can be done").press("Enter")
        expect(trouble.get_by_role("button", name="Merge both")).to_be_focused()
        expect(trouble.get_by_role("button", name="Merge both")).to_be_in_viewport()
        trouble.get_by_role("button", name=press).press("Enter")
        if press == "Merge both":
            expect(trouble.get_by_role("button", name="Close")).to_be_focused()
            page.keyboard.press("Enter")
        expect(page.locator(".dk-saving button")).to_have_count(0)
        expect(line).to_have_count(0)
        expect(page.get_by_label(mine, exact=True)).to_be_focused()
    assert page.evaluate("readAtOnce") == 1


@WITH_EXAMPLE
def test_200_characters_typed_fast_are_saved_as_they_go_and_the_caret_stays_where_it_is(kit: Kit):
    page = kit.page
    kit.start()
    text = "Quick brown foxes jump over the lazy dog, " * 5
    box = page.get_by_label("What should a reader know of the system?")
    box.fill("")
    box.press_sequentially(text[:200])
    expect(page.get_by_role("button", name="Undo: Context")).to_be_visible()
    box.evaluate("box => box.setSelectionRange(5, 5)")
    page.keyboard.type("x" * 40, delay=30)  # slower than a pause, so that it is saved meanwhile
    assert box.input_value() == text[:5] + "x" * 40 + text[5:200]
    assert box.evaluate("box => box.selectionStart") == 45
    expect(page.get_by_title(f"{text[:5]}{'x' * 40}").first).to_be_attached()
    assert kit.decision().context == text[:5] + "x" * 40 + text[5:200]
    assert box.evaluate("box => [box.selectionStart, document.activeElement === box]") == [45, True]


@WITH_EXAMPLE
def test_a_text_too_long_to_be_taken_is_told_after_the_next_answer_and_asked_about_before_the_page_is_closed(kit: Kit):
    page, asked = kit.page, []
    kit.start()
    page.get_by_role("button", name="(Strict ordering)").click()
    note = page.get_by_label("Why did you answer so?")
    before = note.input_value()
    note.fill("x" * 200_001)
    line = page.locator(".dk-reminder[role=alert]")
    expect(line).to_contain_text("Your last changes are not saved.")
    page.get_by_label(f"1: {NEEDS['strict_ordering'].levels[1]}", exact=True).check()
    expect(page.get_by_role("button", name="Undo: Strict ordering: level 4 → level 1")).to_be_visible()
    expect(page.locator(".dk-side .dk-saving").last).to_contain_text("note: has 200,001 characters; at most 200,000")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    line.get_by_role("button", name="See what can be done").press("Enter")
    drop = page.locator(".dk-side").get_by_role("button", name="Drop that text and show what is saved")
    expect(drop).to_be_focused()
    page.keyboard.press("Enter")
    expect(line).to_have_count(0)
    expect(note).to_have_value(before)
    assert kit.decision().answer_to("strict_ordering").note == before
