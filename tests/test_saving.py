"""Two hands on one file: the second is told what changed and by which answers, and chooses; nothing gets lost."""

import base64
from dataclasses import replace
from pathlib import Path

import ipywidgets as w
import pytest
from test_keeper import fill
from test_widgets import ORDER, find, press, saved, told

from decision_kit import Decision, cases, files
from decision_kit.widgets.decide import Desk, desk

STEPS = "Must the steps run in one fixed order?"


@pytest.fixture
def two(tmp_path: Path, order_and_payment: Decision) -> tuple[Desk, Desk]:
    """Open two desks on one file, as two kernels do."""
    order_and_payment.save(tmp_path / "decisions" / ORDER)
    return Desk(tmp_path), Desk(tmp_path)


def buttons(desk: Desk) -> list[str]:
    return [part.description for part in desk.saving.panel.children if isinstance(part, w.Button)]


def names(desk: Desk) -> list[str]:
    return sorted(path.name for path in (desk.folder / "decisions").iterdir())


def meet(two: tuple[Desk, Desk]) -> None:
    """Let the first save an answer and a text, and the second another answer to the same question and a note."""
    first, second = two
    find(first.questions, w.RadioButtons, STEPS).value = 1
    find(first.chooser, w.Textarea, "Who only listens?").value = "Mails"
    find(second.questions, w.RadioButtons, STEPS).value = 2
    second.answer("fault_isolation", note="the card service fails often")


def test_the_second_to_save_is_told_what_changed_there_and_here_and_nothing_is_overwritten(two: tuple[Desk, Desk]):
    first, second = two
    meet(two)
    assert saved(first) == first.decision
    there, here = told(second.saving.panel).split("Changed here and not saved:")
    assert "order-and-payment.decision.json was changed elsewhere." in there
    assert "<li>Strict ordering: level 4 → level 1</li>" in there
    assert "<li>Reactions: " in there
    assert " → Mails</li>" in there
    assert "<li>Strict ordering: level 4 → level 2</li>" in here
    assert "<li>Fault isolation: the note is another.</li>" in here
    assert buttons(second)[:2] == ["Merge both", "Keep both: mine in a new file"]
    assert find(second.questions, w.RadioButtons, STEPS).value == 2
    assert second.saved.value == ""


def test_merging_keeps_what_both_changed_and_says_what_to_look_at(two: tuple[Desk, Desk]):
    first, second = two
    meet(two)
    press(second.saving.panel, "Merge both")
    merged = saved(second)
    assert merged == second.decision
    assert merged.answer_to("strict_ordering").level == (1, 2)
    assert merged.answer_to("fault_isolation").note == "the card service fails often"
    assert merged.reactions == "Mails"
    assert "Both are merged and saved in" in told(second.saving.panel)
    assert "<li>Strict ordering: level 1 in one copy, level 2 in the other; now levels 1 to 2.</li>" in told(
        second.saving.panel
    )
    press(second.saving.panel, "Close")
    assert second.saving.panel.children == ()
    first.saving.read_again()
    assert first.decision == merged


def test_keeping_both_puts_mine_into_a_new_file(two: tuple[Desk, Desk]):
    first, second = two
    meet(two)
    mine = second.decision
    press(second.saving.panel, "Keep both")
    assert names(second) == ["order-and-payment-2.decision.json", ORDER]
    assert (saved(first), saved(second)) == (first.decision, mine)
    assert f"{second.path}; {first.path} stays as it is" in told(second.saving.panel)
    assert str(second.path) in second.saved.value
    second.answer("strict_ordering", level=0)
    assert saved(first) == first.decision
    assert saved(second).answer_to("strict_ordering").level == 0


def test_taking_theirs_drops_mine_and_undo_brings_it_back_and_asks_again(two: tuple[Desk, Desk]):
    first, second = two
    meet(two)
    mine, asked = second.decision, told(second.saving.panel)
    press(second.saving.panel, "Take theirs and drop mine (Undo brings mine back)")
    assert second.decision == saved(second) == first.decision
    assert second.saving.panel.children == ()
    assert not second.page.unsaved
    press(second.questions, "Undo: Strict ordering")
    assert second.page.unsaved
    assert second.decision == mine
    assert told(second.saving.panel) == asked
    assert saved(second) == first.decision


def test_as_long_as_nothing_is_chosen_more_answers_stay_on_the_screen_and_are_told(two: tuple[Desk, Desk]):
    first, second = two
    meet(two)
    second.answer("throughput_scale", level=0)
    assert saved(second) == first.decision
    assert "<li>Throughput and scale: levels 2 to 3" in told(second.saving.panel)
    press(second.chooser, "Start a new, empty decision")
    assert "not saved yet; first choose" in second.message.value
    assert names(second) == [ORDER]


def test_who_changed_the_file_once_more_while_the_other_chose_is_not_overwritten_either(two: tuple[Desk, Desk]):
    first, second = two
    meet(two)
    first.answer("fault_isolation", level=0)
    press(second.saving.panel, "Merge both")
    assert saved(first) == first.decision
    assert "<li>Fault isolation: " in told(second.saving.panel).split("Changed here and not saved:")[0]
    press(second.saving.panel, "Merge both")
    assert saved(second).answer_to("fault_isolation").level == 0


def test_start_pressed_again_reads_what_was_changed_meanwhile_and_says_so(two: tuple[Desk, Desk]):
    first, second = two
    radios = find(second.questions, w.RadioButtons, STEPS)
    first.answer("strict_ordering", level=1)
    second.saving.read_again()
    assert second.decision == first.decision
    assert radios.value == 1
    assert second.verdict.value == first.verdict.value
    assert "It was read again. What changed:" in told(second.saving.panel)
    assert "Strict ordering: level 4" in told(second.saving.panel)
    second.answer("strict_ordering", level=0)
    first.saving.read_again()
    assert first.decision == saved(first) == second.decision


def test_start_pressed_again_with_changes_on_both_sides_asks(two: tuple[Desk, Desk]):
    _, second = two
    meet(two)
    mine = second.decision
    second.saving.read_again()
    assert second.decision == mine
    assert "Merge both" in buttons(second)


def test_start_pressed_again_opens_the_first_decision_and_offers_new_ones(tmp_path: Path, order_and_payment: Decision):
    folder = str(tmp_path)
    choice = find(desk(folder).chooser, w.Dropdown, "Open")
    assert choice.options == ()
    order_and_payment.save(tmp_path / "decisions" / ORDER)
    assert desk(folder).decision == order_and_payment
    assert dict(choice.options).keys() == {"Order and payment (order-and-payment)"}
    replace(order_and_payment, name="Second").save(tmp_path / "decisions" / "second.decision.json")
    assert desk(folder).decision == order_and_payment
    assert dict(choice.options).keys() == {"Order and payment (order-and-payment)", "Second (second)"}


def test_running_the_cells_twice_and_out_of_order_shows_one_desk_and_doubles_nothing(
    tmp_path: Path, order_and_payment: Decision
):
    order_and_payment.save(tmp_path / "decisions" / ORDER)
    folder = str(tmp_path)
    export, questions = desk(folder).export, desk(folder).questions
    desk(folder).answer("strict_ordering", level=1)
    assert (desk(folder).export, desk(folder).questions) == (export, questions)
    assert desk(folder).chooser
    assert [path.name for path in (tmp_path / "decisions").iterdir()] == [ORDER]
    assert saved(desk(folder)) == order_and_payment.answer("strict_ordering", level=1)


@pytest.mark.parametrize("held", ['{"schema": 2, "na', "[]", ""])
def test_a_file_that_an_editor_broke_is_told_and_the_answers_can_go_into_a_new_file(two: tuple[Desk, Desk], held: str):
    _, second = two
    second.path.write_text(held)
    find(second.questions, w.RadioButtons, STEPS).value = 2
    mine = second.decision
    assert "What you see here is not saved." in told(second.saving.panel)
    assert f"{ORDER}: " in told(second.saving.panel)
    assert "It was changed elsewhere." in told(second.saving.panel)
    press(second.saving.panel, "Save in a new file")
    assert saved(second) == second.decision == mine
    assert (second.folder / "decisions" / ORDER).read_text() == held


def test_a_file_with_an_answer_that_is_not_asked_is_told_as_unreadable(two: tuple[Desk, Desk]):
    _, second = two
    second.decision.answer("taste", level=3).save(second.path)
    second.saving.read_again()
    assert "taste" in told(second.saving.panel)
    assert "Save in a new file" in buttons(second)
    second.answer("strict_ordering", level=0)
    assert "taste" in told(second.saving.panel)
    assert Decision.open(second.path).answer_to("taste").level == 3


def test_a_file_mended_in_the_editor_goes_on_without_a_question(two: tuple[Desk, Desk]):
    _, second = two
    before = second.path.read_text()
    second.path.write_text("broken")
    second.answer("strict_ordering", level=2)
    second.path.write_text(before)
    second.answer("strict_ordering", level=1)
    assert second.saving.panel.children == ()
    assert saved(second).answer_to("strict_ordering").level == 1


def test_a_removed_folder_is_told_and_the_answers_can_be_saved_under_their_name_again(two: tuple[Desk, Desk]):
    _, second = two
    second.path.unlink()
    second.path.parent.rmdir()
    find(second.questions, w.RadioButtons, STEPS).value = 2
    assert "is gone: it was removed or renamed elsewhere." in told(second.saving.panel)
    press(second.saving.panel, "Save in a new file")
    assert saved(second) == second.decision
    assert names(second) == [ORDER]


def test_a_file_that_was_named_elsewhere_is_gone_here_and_both_are_kept(tmp_path: Path):
    first = Desk(tmp_path)
    first.answer("strict_ordering", level=1)
    second = Desk(tmp_path)
    find(first.chooser, w.Text, "What do you decide on?").value = "Orders"
    second.answer("strict_ordering", level=2)
    assert "untitled.decision.json is gone" in told(second.saving.panel)
    press(second.saving.panel, "Save in a new file")
    assert names(first) == ["orders.decision.json", "untitled.decision.json"]
    assert [saved(each).answer_to("strict_ordering").level for each in (first, second)] == [1, 2]


def test_what_is_dropped_comes_back_by_undo(two: tuple[Desk, Desk]):
    _, second = two
    before = second.decision
    second.path.write_text("broken")
    second.answer("strict_ordering", level=2)
    mine = second.decision
    press(second.saving.panel, "Drop what is not saved (Undo brings it back)")
    assert "0 of 13 answered" in second.verdict.value
    assert second.saving.panel.children == ()
    press(second.questions, "Undo: ")
    assert second.decision == saved(second) == mine
    press(second.questions, "Undo: Strict ordering")
    assert second.decision == saved(second) == before


def test_on_a_full_disk_answers_stay_are_told_and_are_saved_once_there_is_room(tiny: Path, order_and_payment: Decision):
    order_and_payment.save(tiny / "decisions" / ORDER)
    desk = Desk(tiny)
    full = fill(tiny)
    find(desk.questions, w.RadioButtons, STEPS).value = 2
    assert "cannot be written (no space left on device); nothing was changed." in told(desk.saving.panel)
    assert 'download="order-and-payment.decision.json"' in told(desk.saving.panel)
    assert saved(desk) == order_and_payment
    press(desk.saving.panel, "Try to save again")
    assert "no space left" in told(desk.saving.panel)
    desk.answer("fault_isolation", level=0)
    full.unlink()
    press(desk.saving.panel, "Try to save again")
    assert desk.saving.panel.children == ()
    assert saved(desk) == desk.decision
    assert str(desk.path) in desk.saved.value


def test_a_file_takes_its_name_while_it_is_typed_and_keeps_it_from_then_on(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.answer("strict_ordering", level=3)
    name = find(desk.chooser, w.Text, "What do you decide on?")
    for typed in ("Ord", "Orders", "Orders and", "Orders and mails"):
        name.value = typed
    assert names(desk) == ["orders-and-mails.decision.json"]
    desk.answer("strict_ordering", level=2)
    name.value = "Orders"
    assert names(desk) == ["orders-and-mails.decision.json"]
    assert saved(desk).name == "Orders"


def test_the_name_of_an_example_is_changed_without_moving_its_file(tmp_path: Path):
    desk = Desk(tmp_path)
    press(desk.chooser, "Start from this example")
    before = names(desk)
    find(desk.chooser, w.Text, "What do you decide on?").value = "Ours"
    assert names(desk) == before
    assert saved(desk).name == "Ours"


def test_a_broken_file_of_ones_own_cases_keeps_no_answer_from_being_saved(two: tuple[Desk, Desk]):
    first, _ = two
    (first.folder / "my-cases.csv").write_text("nonsense")
    find(first.questions, w.RadioButtons, STEPS).value = 2
    assert saved(first).answer_to("strict_ordering").level == 2
    assert "None of your own cases is used until this is mended" in first.warning.value
    (first.folder / "my-cases.csv").unlink()
    press(first.chooser, "Read the files again")
    assert first.warning.value == ""


def test_the_button_that_reads_the_files_again_takes_what_was_changed_there(two: tuple[Desk, Desk]):
    first, second = two
    first.answer("strict_ordering", level=1)
    press(second.chooser, "Read the files again")
    assert second.decision == first.decision
    assert "It was read again. What changed:" in told(second.saving.panel)


def test_a_case_of_ones_own_that_was_added_elsewhere_speaks_once_the_files_are_read_again(two: tuple[Desk, Desk]):
    first, _ = two
    made = cases.from_decision(replace(first.decision, name="Another flow"), (), "Ours", "hybrid")
    (first.folder / "my-cases.csv").write_text(cases.to_csv([made], first.knowledge))
    press(first.chooser, "Read the files again")
    assert [case.organisation for case in first.evaluation.own_cases] == ["Ours"]


def test_what_is_downloaded_where_nothing_can_be_saved_is_the_decision(two: tuple[Desk, Desk]):
    first, _ = two
    first.path.write_text("broken")
    first.answer("strict_ordering", level=2)
    link = told(first.saving.panel).partition('href="')[2].partition('"')[0]
    text = base64.b64decode(link.partition("base64,")[2]).decode()
    assert Decision.from_json(text) == first.decision
    assert files.read_text(first.path) == "broken"


def test_a_system_put_into_the_file_elsewhere_is_named_and_so_is_that_nothing_is_changed_here(
    two: tuple[Desk, Desk], rides: Decision
):
    first, second = two
    before = second.decision
    first.change(system=rides.system)
    second.answer("fault_isolation", level=4)
    there = told(second.saving.panel).split("Changed here and not saved:")[0]
    assert f"<li>A system of {len(rides.system.parts)} parts was added.</li>" in there
    second.answer("fault_isolation", level=before.answer_to("fault_isolation").level)
    assert "<li>Nothing any more.</li>" in told(second.saving.panel).split("Changed here and not saved:")[1]
    press(second.saving.panel, "Take theirs")
    assert second.decision == saved(second) == first.decision
    press(second.undo.bar, "Undo: A system of")
    assert saved(second) == first.decision
    assert "Merge both" in buttons(second)
