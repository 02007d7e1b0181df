"""A text that cannot be taken: it stays in its box and is told as not saved, whatever is done meanwhile."""

from pathlib import Path

import ipywidgets as w
import pytest
from test_widgets import ORDER, find, press, saved, told

from decision_kit import Decision
from decision_kit.widgets.decide import Desk

LONG = "x" * 200_001


@pytest.fixture
def desk(tmp_path: Path, order_and_payment: Decision) -> Desk:
    """Open a desk whose context is too long to be taken."""
    order_and_payment.save(tmp_path / "decisions" / ORDER)
    desk = Desk(tmp_path)
    context(desk).value = LONG
    return desk


def context(desk: Desk) -> w.Textarea:
    return find(desk.chooser, w.Textarea, "What should a reader know")


def refused(desk: Desk) -> str:
    """Give what every part that tells of trouble says of texts that are not saved."""
    assert all(desk.refused.panel in part.children for part in (desk.chooser, desk.questions.children[1].children[1]))
    return told(desk.refused.panel)


def test_it_stays_in_its_box_and_told_as_not_saved_after_later_acts_until_it_is_mended(desk: Desk):
    for act in (
        lambda: desk.answer("strict_ordering", level=0),
        desk.saving.read_again,
        lambda: press(desk.questions, "Undo: "),
        lambda: desk.change(context="Told elsewhere"),
    ):
        act()
        assert context(desk).value == LONG
        assert "context: has 200,001 characters; at most 200,000 are allowed. Shorten" in refused(desk)
        assert desk.page.unsaved
    assert saved(desk).context == "Told elsewhere"
    context(desk).value = LONG[:-1]
    assert saved(desk).context == LONG[:-1]
    assert refused(desk) == ""
    assert not desk.page.unsaved
    desk.change(context="Told elsewhere")
    assert context(desk).value == "Told elsewhere"
    context(desk).value = LONG
    context(desk).value = "Told elsewhere"
    assert not desk.page.unsaved


def test_nothing_is_previewed_exported_or_opened_meanwhile(desk: Desk):
    for part, button in (
        (desk.export, "Preview the record"),
        (desk.export, "Export the records"),
        (desk.chooser, "Start a new, empty decision"),
        (desk.chooser, "Start from this example"),
        (desk.chooser, "Open this decision"),
    ):
        press(part, button)
        assert "is not saved; first mend it there, or drop it." in desk.message.value, button
    assert [path.name for path in desk.folder.rglob("*.*")] == [ORDER]
    press(desk.refused.panel, "Drop that text")
    press(desk.export, "Export the records")
    assert (desk.folder / "records").is_dir()


def test_dropping_it_shows_what_is_saved_and_leaves_the_texts_of_other_boxes(desk: Desk, order_and_payment: Decision):
    deciders = find(desk.export, w.Textarea, "Who decides?")
    deciders.value = LONG
    assert refused(desk).count("is not saved. ") == 2
    desk.refused.panel.children[1].click()
    assert context(desk).value == order_and_payment.context
    assert "What stands in “Who decides?” is not saved. deciders: has 200,001 characters" in refused(desk)
    assert desk.page.unsaved
    press(desk.refused.panel, "Drop that text")
    assert deciders.value == "\n".join(order_and_payment.deciders)
    assert saved(desk) == desk.decision == order_and_payment
    assert not desk.page.unsaved


def test_it_is_told_apart_from_answers_that_cannot_be_saved_which_do_not_end_it(desk: Desk):
    desk.path.chmod(0o444)
    desk.answer("strict_ordering", level=1)
    assert "is read-only" in told(desk.saving.panel)
    desk.path.chmod(0o644)
    press(desk.saving.panel, "Try to save again")
    assert desk.saving.settled
    assert desk.page.unsaved
    press(desk.refused.panel, "Drop that text")
    assert not desk.page.unsaved
