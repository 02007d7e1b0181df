"""An interrupt of the kernel: whatever it meets is done whole first, so that a control shows what its file holds."""

import functools
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import ipywidgets as w
import pytest
from ipywidgets.widgets import widget, widget_selection
from test_widgets import find, saved

from decision_kit import files, keeper
from decision_kit.widgets import controls, decide, saving
from decision_kit.widgets.controls import Board
from decision_kit.widgets.decide import Desk

WATCHED = {module.__file__ for module in (files, keeper, controls, decide, saving, widget, widget_selection)}


def set_in_page(control: w.Widget, **state: object) -> None:
    """Set a control as the page does."""
    control.comm.handle_msg({"content": {"data": {"method": "update", "state": state}}})


def interrupt(act: Callable[[], object], moment: int) -> bool:
    """Interrupt an act when so many functions on its way have returned; say whether as many did."""
    left = moment

    def watch(frame: object, event: str, _: object) -> None:
        nonlocal left
        if event == "return" and frame.f_code.co_filename in WATCHED:
            left -= 1
            if not left:
                signal.raise_signal(signal.SIGINT)

    sys.setprofile(watch)
    try:
        act()
    finally:
        sys.setprofile(None)
    return left <= 0


def test_an_answer_interrupted_at_any_moment_is_shown_and_saved_and_nobody_else_is_said_to_have_given_it(
    tmp_path: Path,
):
    desk = Desk(tmp_path)
    radios, moment = find(desk.questions, w.RadioButtons, "Must the steps run in one fixed order?"), 1
    radios.value = 0
    while interrupt(functools.partial(set_in_page, radios, index=moment % 5), moment):
        assert saved(desk).answer_to("strict_ordering").level == radios.value == moment % 5, moment
        assert desk.saving.panel.children == (), moment
        moment += 1
    assert moment > 30


def test_a_button_that_says_it_is_busy_is_free_again_after_an_interrupt_and_has_done_its_work(tmp_path: Path):
    said = []

    def work() -> None:
        signal.raise_signal(signal.SIGINT)
        said.append(button.description)

    button = Board(tmp_path).button("Go", work, busy="Going…")
    button.comm.handle_msg({"content": {"data": {"method": "custom", "content": {"event": "click"}}}, "buffers": []})
    assert said == ["Going…"]
    assert button.description == "Go"
    assert "dk-busy" not in button._dom_classes  # noqa: SLF001 - no other name tells the classes of a widget


def test_what_a_cell_does_is_done_whole_before_the_cell_is_interrupted(tmp_path: Path):
    board, done = Board(tmp_path), []
    with pytest.raises(KeyboardInterrupt):
        board.attempt(lambda: done.append(signal.raise_signal(signal.SIGINT)))
    assert done == [None]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
