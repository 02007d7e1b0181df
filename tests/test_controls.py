"""What all notebooks share: whatever goes wrong behind a control is told in the page, and typing is left alone."""

import asyncio
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import ipywidgets as w
import pytest
from test_widgets import ORDER, all_of, find, saved

from decision_kit import Decision
from decision_kit.widgets import controls
from decision_kit.widgets.case_studies import Library
from decision_kit.widgets.controls import Board
from decision_kit.widgets.decide import Desk
from decision_kit.widgets.what_if import Bench

PARTS: dict[type[Board], tuple[str, ...]] = {
    Desk: ("chooser", "questions", "why", "situation", "advice", "export"),
    Bench: ("chooser", "mover", "turning", "open_answers", "comparison"),
    Library: ("browser", "case_map", "moves", "pairs", "fears", "backtest", "own_case"),
}


@pytest.fixture
def folder(tmp_path: Path, order_and_payment: Decision) -> Path:
    order_and_payment.save(tmp_path / "decisions" / ORDER)
    order_and_payment.save(tmp_path / "decisions" / "second.decision.json")
    return tmp_path


def use(control: w.Widget) -> Iterator[Callable[[], None]]:
    """Give what a person can do with one control."""
    if isinstance(control, w.Button):
        if control.description != "Do more cases help?":  # it takes seconds, and asks no file
            yield control.click
    elif isinstance(control, w.Dropdown | w.RadioButtons):
        for index in range(min(3, len(control.options))):
            yield lambda index=index: setattr(control, "index", index if index < len(control.options) else None)
    elif isinstance(control, w.Checkbox):
        yield lambda: setattr(control, "value", not control.value)
    elif isinstance(control, w.Text | w.Textarea):
        yield lambda: setattr(control, "value", "tomorrow")


@pytest.mark.parametrize("kind", PARTS, ids=lambda kind: kind.__name__)
def test_no_error_behind_any_control_stays_unseen_when_all_files_are_taken_away(
    kind: type[Board], folder: Path, caplog: pytest.LogCaptureFixture
):
    board = kind(folder)
    parts = [getattr(board, name) for name in PARTS[kind]]
    for control in [part for part in all_of(w.VBox(parts)) if getattr(part, "description", "").startswith("More")]:
        control.click()
    shutil.rmtree(folder / "decisions")
    for name in ("decisions", "records"):
        (folder / name).write_text("a file in the way")
    (folder / "my-cases.csv").mkdir()
    told = set()
    for control in dict.fromkeys(all_of(w.VBox(parts))):
        for act in use(control):
            act()
            told.add(board.message.value)
    assert len(told) > 1
    assert [text for text in told if "This did not work" in text] == []
    assert caplog.records == []  # where ipywidgets says what a button's callback raised


class Unlucky(Desk):
    """A desk whose search for the next question fails."""

    async def ask(self, pause: float = 0) -> None:
        """Fail at once."""
        await asyncio.sleep(pause)
        raise OSError(5, "the disk broke")


def test_what_fails_while_it_goes_on_by_itself_is_told_too(folder: Path):
    desk = Unlucky(folder)

    async def answer() -> None:
        desk.answer("strict_ordering", level=1)
        await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})
        await asyncio.sleep(0)

    asyncio.run(answer())
    assert "This did not work (OSError: [Errno 5] the disk broke)." in desk.message.value
    assert saved(desk).answer_to("strict_ordering").level == 1


def typed(desk: Desk, act: Callable[[w.Textarea], object]) -> w.Textarea:
    """Type into the context as in a notebook, where a loop runs, and do something else right after."""
    context = find(desk.chooser, w.Textarea, "What should a reader know")

    async def type_and_act() -> None:
        for end in range(1, 6):
            context.value = "Shops"[:end]
        waiting = act(context)
        if asyncio.iscoroutine(waiting):
            await waiting

    asyncio.run(type_and_act())
    return context


def test_what_is_typed_is_saved_after_a_pause_without_leaving_the_box(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(controls, "PAUSE", 0.01)
    desk = Desk(folder)
    before = saved(desk).context

    async def wait(_: w.Textarea) -> None:
        assert saved(desk).context == before
        while saved(desk).context == before:  # noqa: ASYNC110 - there is nothing else to wait on than the file
            await asyncio.sleep(0.001)

    typed(desk, wait)
    assert saved(desk).context == "Shops"


def test_what_is_typed_comes_before_whatever_is_done_next(folder: Path):
    desk = Desk(folder)
    typed(desk, lambda _: find(desk.questions, w.RadioButtons, "Must the steps run").__setattr__("value", 0))
    assert (saved(desk).context, saved(desk).answer_to("strict_ordering").level) == ("Shops", 0)


def test_two_texts_typed_within_one_pause_are_both_taken(folder: Path):
    desk = Desk(folder)
    core = find(desk.chooser, w.Textarea, "Which steps must run in order")

    def type_more(_: w.Textarea) -> None:
        core.value = "Pay, ship"
        find(desk.questions, w.RadioButtons, "Must the steps run").value = 0

    assert typed(desk, type_more).value == "Shops"
    kept = saved(desk)
    assert (kept.context, kept.core, core.value) == ("Shops", "Pay, ship", "Pay, ship")
    assert kept.answer_to("strict_ordering").level == 0


def test_an_answer_that_changes_while_a_text_is_typed_leaves_the_text_alone(folder: Path):
    desk = Desk(folder)
    context = typed(desk, lambda _: desk.answer("strict_ordering", level=0))
    assert context.value == "Shops"


def test_what_is_set_while_another_list_gets_its_options_is_taken(folder: Path):
    board, kept, offered = Board(folder), {"a": 0, "b": 0}, [("none", 0), ("one", 1)]
    one, other = (
        board.choice(
            w.Dropdown(), lambda: offered, lambda name=name: kept[name], lambda to, name=name: kept.update({name: to})
        )
        for name in kept
    )
    one.observe(lambda _: setattr(other, "value", 1), "options")
    offered.append(("two", 2))
    board.refresh_controls()
    assert kept == {"a": 0, "b": 1}


def test_a_control_that_cannot_show_its_value_keeps_no_other_from_showing_its_own(folder: Path):
    board, offered, kept = Board(folder), [("one", 1)], {"a": 1, "b": 0}
    board.choice(w.Dropdown(), lambda: offered, lambda: kept["a"], lambda to: kept.update(a=to))
    other = board.bind(w.IntText(), lambda: kept["b"], lambda to: kept.update(b=to))
    offered[:] = [("two", 2)]
    kept["b"] = 5
    assert not board.attempt(board.refresh_controls)
    assert other.value == 5
    assert board.message.value.count("value not found") == 1


def test_nothing_is_lost_where_cells_and_clicks_run_in_two_threads(folder: Path):
    board, kept = Board(folder), []

    def add() -> None:
        before = list(kept)
        time.sleep(0)  # lets the other thread in
        kept[:] = [*before, len(before)]

    threads = [threading.Thread(target=lambda: [board.attempt(add) for _ in range(500)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept == list(range(1000))


def test_a_list_that_changes_lets_no_other_thread_into_what_is_being_done(folder: Path):
    board, kept = Board(folder), []
    control = w.Dropdown(options=["a", "b"])
    other = threading.Thread(target=lambda: board.attempt(lambda: kept.append("other")))

    def offer() -> None:
        board.offer(control, [("b", "b")], "b")
        other.start()
        other.join(0.1)  # it waits until this is done
        kept.append("first")

    board.attempt(offer)
    other.join()
    assert kept == ["first", "other"]
