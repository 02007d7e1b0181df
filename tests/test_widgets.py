"""The controls: every change is saved and shown, every mistake is told, nothing is lost."""

import asyncio
import html
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import ipywidgets as w
import pytest
from conftest import EXAMPLES

from decision_kit import Decision, check, knowledge, records
from decision_kit.widgets.decide import Desk

ORDER = "order-and-payment.decision.json"


def all_of(widget: w.Widget) -> Iterator[w.Widget]:
    """Walk a widget and everything in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from all_of(child)


def find(widget: w.Widget, kind: type, description: str) -> w.Widget:
    """Find the one control of a kind whose label begins so."""
    found = [part for part in all_of(widget) if isinstance(part, kind) and part.description.startswith(description)]
    assert len(found) == 1, (description, [part.description for part in all_of(widget) if isinstance(part, kind)])
    return found[0]


def told(part: w.Widget) -> str:
    return "".join(child.value for child in all_of(part) if isinstance(child, w.HTML))


def press(widget: w.Widget, description: str) -> None:
    find(widget, w.Button, description).click()


def saved(desk: Desk) -> Decision:
    return Decision.open(desk.path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def order(tmp_path: Path, order_and_payment: Decision) -> Desk:
    order_and_payment.save(tmp_path / "decisions" / ORDER)
    return Desk(tmp_path)


def test_the_verdict_of_an_answer_is_shown_before_the_disk_is_waited_for(desk: Desk):
    files = []
    desk.verdict.observe(lambda _: files.append(desk.path), "value")
    desk.answer("strict_ordering", level=3)
    assert files == [None]
    assert saved(desk).answer_to("strict_ordering").level == 3


def test_what_later_parts_show_is_worked_out_when_they_are_asked_for(tmp_path: Path, order_and_payment: Decision):
    order_and_payment.save(tmp_path / "decisions" / ORDER)

    async def start() -> list[str]:
        desk = Desk(tmp_path)
        later = (desk.reasons, desk.teams, desk.guidance)
        assert "dk-verdict" in desk.verdict.value
        assert [part.value for part in later] == ["", "", ""]
        assert all((desk.why, desk.situation, desk.advice))
        return [part.value for part in later]

    assert all(asyncio.run(start()))


def test_an_answer_is_saved_at_once_and_the_verdict_follows(desk: Desk):
    find(desk.questions, w.RadioButtons, "Must the steps run in one fixed order?").value = 4
    assert saved(desk).answer_to("strict_ordering").level == 4
    assert "1 of 13 answered" in desk.verdict.value


def test_options_bear_the_number_by_which_undo_names_them(desk: Desk):
    radios = find(desk.questions, w.RadioButtons, "Must the steps run in one fixed order?")
    radios.value = 3
    assert radios.label.startswith("3: ")
    assert find(desk.undo.bar, w.Button, "Undo").description == "Undo: Strict ordering: not answered → level 3"


def test_thirteen_answers_over_the_four_themes_give_a_verdict(desk: Desk):
    themes = list(dict.fromkeys(r.theme for r in knowledge.load().requirements.values()))
    for theme in themes:
        press(desk.questions, f"{theme} (")
        for radios in [part for part in all_of(desk.questions) if isinstance(part, w.RadioButtons)]:
            radios.value = 3
    assert "13 of 13 answered" in desk.verdict.value
    assert len(saved(desk).answers) == 13
    assert desk.evaluation.verdict.model == "orchestration"


@pytest.mark.parametrize("name", ["Preview the record", "Export the records"])
def test_a_button_that_takes_a_while_says_so_meanwhile(desk: Desk, name: str):
    button, said = find(desk.export, w.Button, name), []
    button.observe(lambda change: said.append(change["new"]), "description")
    button.click()
    assert said[0].startswith("Writing the ")
    assert said[1:] == [name]


def test_next_leads_through_the_themes_and_asks_the_page_to_show_each(desk: Desk):
    press(desk.questions, "Next: Seeing and steering")
    assert find(desk.questions, w.RadioButtons, "Must somebody be able to say")
    assert desk.page.show.startswith("dk-theme-1")


def test_naming_a_new_decision_gives_its_file_the_name(desk: Desk, tmp_path: Path):
    find(desk.questions, w.RadioButtons, "Must the steps run").value = 2
    assert desk.path.name == "untitled.decision.json"
    find(desk.chooser, w.Text, "What do you decide on?").value = "Order & payment"
    assert [path.name for path in (tmp_path / "decisions").iterdir()] == [ORDER.replace("-and-", "-")]
    assert saved(desk).name == "Order & payment"
    assert saved(desk).answer_to("strict_ordering").level == 2


def test_a_decision_named_untitled_keeps_one_file(desk: Desk, tmp_path: Path):
    for name in ("Untitled", "Untitled saga", "Untitled"):
        find(desk.chooser, w.Text, "What do you decide on?").value = name
    assert len(list((tmp_path / "decisions").iterdir())) == 1


def test_the_latest_decision_is_there_again_at_the_start(order: Desk):
    assert find(order.chooser, w.Text, "What do you decide on?").value == "Order and payment"
    assert find(order.questions, w.RadioButtons, "Must the steps run").value == 4
    assert "13 of 13 answered" in order.verdict.value


def test_a_range_is_told_at_its_question_with_no_level_chosen_and_picking_a_level_replaces_it(order: Desk):
    press(order.questions, "Load and failure (")
    radios = find(order.questions, w.RadioButtons, "How much load must the flow carry")
    assert radios.value is None
    asked = order.knowledge.requirements["throughput_scale"].levels
    sentence = f"Your answer is a range, level 2 to 3. Between “{asked[2][:-1]}” and “{asked[3][:-1]}”."
    assert sentence in html.unescape(told(order.questions))
    radios.value = 4
    assert saved(order).answer_to("throughput_scale").level == 4
    assert "Your answer is a range" not in told(order.questions)


def test_behind_more_lie_note_scope_must_have_range_and_taking_back(order: Desk):
    press(order.questions, "More: need of the core, must-have, note")
    questions = order.questions
    find(questions, w.Textarea, "Why did you answer so?").value = "because"
    find(questions, w.Checkbox, "Must-have").value = False
    find(questions, w.Dropdown, "Who needs this?").value = "whole"
    find(questions, w.Dropdown, "Or say a range: at least").value = 3
    find(questions, w.Dropdown, "and at most").value = 1
    answer = saved(order).answer_to("strict_ordering")
    assert (answer.level, answer.scope, answer.must, answer.note) == ((1, 3), "whole", False, "because")
    assert find(questions, w.Button, "Less: between level 1 and 3, note")
    press(questions, "Take this answer back")
    answer = saved(order).answer_to("strict_ordering")
    assert (answer.level, answer.note) == (None, "because")
    assert "12 of 13 answered" in order.verdict.value


def test_one_end_of_a_range_is_kept_and_the_other_asked_for(order: Desk):
    press(order.questions, "More: need of the core, must-have, note")
    low = find(order.questions, w.Dropdown, "Or say a range: at least")
    high = find(order.questions, w.Dropdown, "and at most")
    low.value = 2
    assert "Say also “at most”; until then your answer stays as it is: level 4." in told(order.questions)
    order.answer("fault_isolation", note="another answer meanwhile")
    assert (low.value, high.value) == (2, None)
    assert saved(order).answer_to("strict_ordering").level == 4
    high.value = 3
    assert saved(order).answer_to("strict_ordering").level == (2, 3)
    assert "Say also" not in told(order.questions)
    low.value = None
    assert "Say also “at least”; until then your answer stays as it is: levels 2 to 3." in told(order.questions)
    assert (low.value, high.value) == (None, 3)
    low.value = 3
    assert saved(order).answer_to("strict_ordering").level == 3
    assert find(order.questions, w.RadioButtons, "Must the steps run").value == 3


def test_one_end_of_a_range_gives_way_to_a_level_that_is_chosen_instead(desk: Desk):
    desk.answer("strict_ordering", note="open")
    press(desk.questions, "More: note")
    low = find(desk.questions, w.Dropdown, "Or say a range: at least")
    low.value = 2
    assert "until then your answer stays as it is: not answered." in told(desk.questions)
    find(desk.questions, w.RadioButtons, "Must the steps run").value = 4
    assert low.value is None
    assert "Say also" not in told(desk.questions)


def test_scope_is_asked_only_once_core_and_reactions_are_named(desk: Desk):
    find(desk.chooser, w.Text, "What do you decide on?").value = "Orders"
    desk.answer("strict_ordering", note="open")
    press(desk.questions, "More: note")
    scope = find(desk.questions, w.Dropdown, "Who needs this?")
    assert scope.layout.display == "none"
    find(desk.chooser, w.Textarea, "Which steps must run in order").value = "pay"
    assert scope.layout.display == "none"
    find(desk.chooser, w.Textarea, "Who only listens?").value = "mail"
    assert scope.layout.display is None


def test_an_example_starts_as_a_file_of_ones_own(desk: Desk, tmp_path: Path):
    find(desk.chooser, w.Dropdown, "Examples").label = "Uber ride flow with notifications"
    press(desk.chooser, "Start from this example")
    press(desk.chooser, "Start from this example")
    assert sorted(path.name for path in (tmp_path / "decisions").iterdir()) == [
        "uber-rides-2.decision.json",
        "uber-rides.decision.json",
    ]
    assert saved(desk) == Decision.open(EXAMPLES / "uber-rides.decision.json")
    assert "hybrid" in desk.verdict.value


def test_a_new_decision_is_empty_and_the_old_one_can_be_opened_again(order: Desk):
    press(order.chooser, "Start a new, empty decision")
    assert "0 of 13 answered" in order.verdict.value
    assert find(order.questions, w.RadioButtons, "Must the steps run").value is None
    find(order.chooser, w.Dropdown, "Open").label = "Order and payment (order-and-payment)"
    press(order.chooser, "Open this decision")
    assert "13 of 13 answered" in order.verdict.value


def test_a_decision_file_that_cannot_be_read_is_told_and_the_next_one_opened(
    tmp_path: Path, order_and_payment: Decision
):
    order_and_payment.save(tmp_path / "decisions" / ORDER)
    broken = tmp_path / "decisions" / "zz.decision.json"
    broken.write_text('{"schema": 1, "na')
    desk = Desk(tmp_path)
    assert "zz.decision.json: line 1 is not JSON" in desk.message.value
    assert desk.decision == order_and_payment
    assert broken.read_text() == '{"schema": 1, "na'


def test_what_is_no_day_stays_in_its_box_is_told_and_keeps_records_from_being_written(order: Desk, tmp_path: Path):
    boxes = {label: find(order.export, w.Text, label) for label in ("Date", "Review on")}
    for label, typed, none in (("Date", "tomorrow", ""), ("Review on", "31.03.2027", ", or leave it empty for none")):
        boxes[label].value = typed
        sentence = f"{label}: “{typed}” is not a day; write it such as 2027-03-31{none}."
        assert sentence in told(order.export)
        for button in ("Export the records", "Preview the record"):
            press(order.export, button)
            assert sentence in order.message.value
        assert boxes[label].value == typed
        order.answer("strict_ordering", level=1)
        assert sentence in told(order.export)
        boxes[label].value = "2026-11-24"
        assert sentence not in told(order.export)
    assert (saved(order).date, saved(order).review) == ("2026-11-24", "2026-11-24")
    assert not (tmp_path / "records").exists()
    boxes["Review on"].value = "soon"
    press(order.chooser, "Start a new, empty decision")
    assert boxes["Review on"].value == ""
    assert "is not a day" not in told(order.export)


def test_an_answer_that_cannot_be_saved_is_told_and_stays_on_the_screen(tmp_path: Path):
    (tmp_path / "decisions").write_text("a file in the way")
    desk = Desk(tmp_path)
    radios = find(desk.questions, w.RadioButtons, "Must the steps run")
    radios.value = 3
    assert "decisions: cannot be written" in told(desk.saving.panel).replace("/untitled.decision.json", "")
    assert radios.value == 3
    assert "1 of 13 answered" in desk.verdict.value


def test_people_are_one_a_line(order: Desk):
    find(order.export, w.Textarea, "Who decides?").value = " Checkout team \n\nPayments team"
    assert saved(order).deciders == ("Checkout team", "Payments team")


def test_export_writes_three_files_names_them_and_offers_them(order: Desk, tmp_path: Path):
    press(order.export, "Export the records")
    names = sorted(path.name for path in (tmp_path / "records").iterdir())
    assert [name.partition(".")[2] for name in names] == ["decision.json", "html", "md"]
    for name in names:
        assert f'download="{name}"' in told(order.export)
    assert told(order.export).count('class="dk-open"') == 1
    assert Decision.open(tmp_path / "records" / names[0]) == order.evaluation.recorded().decision
    assert saved(order).basis is None


def test_the_dialog_takes_layout_number_review_and_predecessor(order: Desk, tmp_path: Path):
    press(order.export, "Export the records")
    find(order.export, w.Text, "Review on").value = "2027-01-31"
    find(order.export, w.Textarea, "What brings the review forward?").value = "the load doubles\n"
    find(order.export, w.Dropdown, "Layout").value = "nygard"
    find(order.export, w.Text, "Number").value = "7"
    old = find(order.export, w.Dropdown, "Takes the place of")
    old.value = old.options[1][1]
    press(order.export, "Preview the record")
    assert "# 7. Coordinate Order and payment" in told(order.export)
    assert "It is reviewed on 2027-01-31, and before that day when:" in told(order.export)
    press(order.export, "Export the records")
    first, second = sorted((tmp_path / "records").glob("*.md"))
    assert second.name.startswith("0007-")
    assert second.read_text(encoding="utf-8").startswith("# 7. ")
    assert records.reopen(first).superseded_by == second.stem
    assert check.check(tmp_path / "records", knowledge.load(), date(2027, 1, 1)) == []


def test_a_choice_without_its_reason_is_asked_for_it_and_the_page_leads_there(order: Desk, tmp_path: Path):
    find(order.export, w.Dropdown, "What do you choose?").value = "choreography"
    press(order.export, "Export the records")
    assert "Say why you choose choreography where the kit says “Leaning towards a hybrid" in told(order.export)
    assert order.page.show == "dk-choice 1"
    assert not (tmp_path / "records").exists()
    find(order.export, w.Textarea, "Why?").value = "Our brokers are there already."
    press(order.export, "Export the records")
    assert "Say why" not in told(order.export)
    assert len(list((tmp_path / "records").iterdir())) == 3


def test_a_number_that_is_taken_or_none_is_told_and_nothing_is_written(order: Desk, tmp_path: Path):
    press(order.export, "Export the records")
    for number, why in (("1", "number: 1 is taken by"), ("one", "number: one is not a whole number")):
        find(order.export, w.Text, "Number").value = number
        press(order.export, "Export the records")
        assert why in order.message.value
    assert len(list((tmp_path / "records").iterdir())) == 3


def test_a_folder_that_cannot_be_read_is_told(order: Desk, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    find(order.export, w.Text, "Folder").value = "file"
    assert "cannot be read as a folder" in order.message.value


def test_the_chart_is_plotly_and_goes_when_nothing_is_needed(order: Desk):
    assert order.why
    assert "application/vnd.plotly.v1+json" in order.chart.outputs[0]["data"]
    press(order.chooser, "Start a new, empty decision")
    assert order.chart.outputs == ()
