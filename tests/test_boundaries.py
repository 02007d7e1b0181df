"""The boundary controls: the line follows what is moved, nothing that is there is changed, all can be kept."""

import html
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import ipywidgets as w
import pytest
from conftest import EXAMPLES
from test_widgets import ORDER, find, press

from decision_kit import Decision, knowledge
from decision_kit.boundaries import boundary, into_decision, system
from decision_kit.widgets.boundaries import Easel, easel
from decision_kit.widgets.controls import AGAIN

NAME = "rides"


def written(folder: Path, name: str, parts: str, links: str) -> Path:
    """Write the two tables of a system, and give that of its parts."""
    (folder / "systems").mkdir(parents=True, exist_ok=True)
    for table, text in (("parts", parts), ("links", links)):
        (folder / "systems" / f"{name}.{table}.csv").write_text(text, encoding="utf-8")
    return folder / "systems" / f"{name}.parts.csv"


def copied(folder: Path, name: str = NAME) -> Path:
    """Put the example among a person's own systems."""
    tables = (EXAMPLES / f"uber-rides.{table}.csv" for table in ("parts", "links"))
    return written(folder, name, *(table.read_text(encoding="utf-8") for table in tables))


@pytest.fixture
def own(tmp_path: Path) -> Easel:
    """Open an easel on the example as a system of one's own."""
    copied(tmp_path)
    return Easel(tmp_path)


def read(folder: Path, name: str) -> system.System:
    """Read one of a person's systems."""
    tables = (folder / "systems" / f"{name}.{table}.csv" for table in ("parts", "links"))
    return system.load(*tables, knowledge.load())


def said(shown: w.HTML) -> str:
    """Give the text that a panel shows, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown.value)).split())


def test_without_a_system_of_ones_own_it_shows_the_example_and_why(tmp_path: Path):
    shown = Easel(tmp_path)
    assert "Orchestration: Ride flow, Pricing, Dispatch, Payment" in said(shown.drawn)
    assert "Choreography: Notifications, Analytics, and Receipts." in said(shown.drawn)
    find(shown.why, w.Dropdown, "Why does this part").value = "ride"
    assert "For Orchestration speak Strict ordering (22.6), Undo and consistency (17.2)" in said(shown.held)
    find(shown.why, w.Dropdown, "Why does this part").value = "notifications"
    assert "Notifications lies with Choreography." in said(shown.held)
    assert "For Choreography speak Throughput and scale" in said(shown.held)
    assert list(tmp_path.iterdir()) == []


def test_a_part_fixed_by_hand_moves_the_line_and_is_free_again(own: Easel):
    before, picture = own.line, own.picture.outputs
    find(own.mover, w.Dropdown, "Move this part").value = "notifications"
    find(own.mover, w.Dropdown, "to this side").value = "orchestration"
    assert own.line.assignment["notifications"] == "orchestration"
    assert said(own.moved).startswith(
        "Notifications changes to Orchestration. The boundary crosses 5 links instead of 6, and all costs 35.8 more "
        "(fit 52 %). First as in the tables, second as it is moved: Notifications: Choreography → Orchestration"
    )
    assert "The boundary crosses 5 of 12 links." in said(own.drawn)
    assert own.picture.outputs != picture
    find(own.mover, w.Dropdown, "to this side").value = ""
    assert own.moved.value == ""
    assert own.line.assignment == before.assignment


def test_an_answer_moved_moves_the_line(own: Easel):
    find(own.mover, w.Dropdown, "Move this part").value = "ledger"
    find(own.mover, w.Dropdown, "or this answer").value = "consistency_compensation"
    assert find(own.mover, w.Dropdown, "to this level").value == 4
    find(own.mover, w.Dropdown, "to this level").value = -1
    assert "Ledger of money movements: Undo and consistency level 4 → not answered" in said(own.moved)
    assert "Ledger of money movements changes to Choreography." in said(own.moved)
    press(own.mover, "Take all moves back")
    assert own.moved.value == ""
    assert find(own.mover, w.Dropdown, "to this level").value == 4


def test_a_links_kind_moved_changes_what_is_to_be_built_there(own: Easel):
    assert "A core that waits" not in said(own.bridges)
    find(own.mover, w.Dropdown, "or this link").value = 5  # from the ride flow to the notifications
    find(own.mover, w.Dropdown, "to this kind").value = "awaited"
    assert "Links only in the second: Ride flow → Notifications (awaited)." in said(own.moved)
    assert "A core that waits for a reaction." in said(own.bridges)
    assert "To avoid at Ride flow → Notifications (awaited)." in said(own.bridges)


def test_what_to_build_has_its_source_and_its_links(own: Easel):
    assert "Leave the core through an outbox." in said(own.bridges)
    assert "https://engineering.zalando.com" in own.bridges.value
    assert "Carry one correlation id across the boundary." in said(own.bridges)
    assert "To build at every crossing." in said(own.bridges)


def test_a_rule_switched_off_is_told_and_a_contradiction_goes_with_it(own: Easel):
    title = "“The boundary runs between teams”"
    assert said(own.ruled).count(title) > 1
    find(own.ruler, w.Checkbox, "The boundary runs between teams").value = False
    assert f"Switched off: {title} (teams)." in said(own.ruled)
    assert said(own.ruled).count(title) == 1
    assert (
        "Rules switched on: undone, waiting, teams, contexts, and path → undone, waiting, contexts, and path"
        in said(own.moved)
    )
    assert own.line.system.without == ("teams",)
    find(own.ruler, w.Checkbox, "The boundary runs between teams").value = True
    assert own.line.system.without == ()


def test_what_is_moved_is_saved_beside_and_never_over_what_is_there(own: Easel):
    before = {path.name: path.read_bytes() for path in (own.folder / "systems").iterdir()}
    find(own.mover, w.Dropdown, "Move this part").value = "pricing"
    find(own.mover, w.Dropdown, "to this side").value = "choreography"
    press(own.keeper, "Save the system")
    press(own.keeper, "Save the system")
    for name in ("rides-moved", "rides-moved-2"):
        kept = read(own.folder, name)
        assert kept == own.line.system
        assert kept.part("pricing").model == "choreography"
        assert boundary.draw(kept).cost == own.line.cost
    for name, content in before.items():
        assert (own.folder / "systems" / name).read_bytes() == content
    assert {"rides", "rides-moved", "rides-moved-2"} <= set(dict(find(own.chooser, w.Dropdown, "System").options))


def test_with_nothing_moved_nothing_is_saved_and_that_is_told(own: Easel):
    before = sorted(own.folder.rglob("*"))
    press(own.keeper, "Save the system")
    assert said(own.message) == "Nothing is moved yet, so nothing is saved."
    find(own.ruler, w.Checkbox, "The boundary runs between teams").value = False
    press(own.keeper, "Save the system")
    assert said(own.message) == (
        "Nothing is moved yet, so nothing is saved. Rules that are switched off stand in no table."
    )
    assert sorted(own.folder.rglob("*")) == before


def test_a_moved_copy_is_not_what_opens_first_while_the_system_it_was_moved_from_is_there(own: Easel):
    own.fix("choreography")
    for name in ("rides-moved", "rides-moved-2"):
        press(own.keeper, "Save the system")
        newest = own.folder / "systems" / f"{name}.parts.csv"
        os.utime(newest, ns=(own.path.stat().st_mtime_ns + 10**9,) * 2)
        assert Easel(own.folder).path == own.path
    own.path.unlink()
    assert Easel(own.folder).path == newest
    os.utime(copied(own.folder, "trips-moved"), ns=(newest.stat().st_mtime_ns + 10**9,) * 2)
    assert Easel(own.folder).path.name == "trips-moved.parts.csv"


def test_the_template_is_copied_under_a_free_name_and_shown(tmp_path: Path):
    shown = Easel(tmp_path)
    press(shown.chooser, "Begin my own system")
    press(shown.chooser, "Begin my own system")
    assert [path.name for path in sorted((tmp_path / "systems").glob("*.parts.csv"))] == [
        "my-system-2.parts.csv",
        "my-system.parts.csv",
    ]
    assert "Take the order" in said(shown.drawn)
    assert "press “Read the files again”" in said(shown.begun)


def retitle(path: Path, old: str, new: str) -> None:
    """Change a table as in an editor."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("how", ["the button", "Start"])
def test_tables_changed_since_are_read_and_what_was_moved_is_moved_in_them(tmp_path: Path, how: str):
    copied(tmp_path)
    own = easel(str(tmp_path))
    find(own.mover, w.Dropdown, "Move this part").value = "pricing"
    find(own.mover, w.Dropdown, "to this side").value = "choreography"
    find(own.mover, w.Dropdown, "or this link").value = 5  # from the ride flow to the notifications
    find(own.mover, w.Dropdown, "to this kind").value = "awaited"
    find(own.ruler, w.Checkbox, "The boundary runs between teams").value = False
    moved = own.line.system
    retitle(own.path, "ride,Ride flow", "ride,Trips")
    press(own.chooser, AGAIN) if how == "the button" else easel(str(tmp_path))
    assert own.line.system == moved.change("ride", title="Trips")
    assert own.before.system == read(tmp_path, NAME).change("ride", title="Trips")
    assert "Pricing: model not fixed by hand → fixed by hand to choreography" in said(own.moved)
    assert "Trips" in dict(find(own.mover, w.Dropdown, "Move this part").options)
    assert (find(own.mover, w.Dropdown, "Move this part").value, own.lost.value) == ("pricing", "")
    press(own.mover, "Take all moves back")
    assert own.line.system == own.before.system


def test_a_move_that_fits_the_changed_tables_no_more_is_told_until_something_is_moved(own: Easel):
    find(own.mover, w.Dropdown, "Move this part").value = "receipts"
    find(own.mover, w.Dropdown, "to this side").value = "orchestration"
    for table in (own.path, own.path.with_name("rides.links.csv")):
        lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
        table.write_text("".join(line for line in lines if "receipts" not in line), encoding="utf-8")
    for _ in range(2):
        press(own.chooser, AGAIN)
        assert said(own.lost) == "Not moved any more, as it does not fit the tables as they are now: Receipts."
    assert own.line.system == own.before.system
    own.fix("choreography")
    assert own.lost.value == ""


def test_tables_that_are_gone_are_told_and_every_control_shows_what_is_shown_still(tmp_path: Path):
    shown = easel(str(tmp_path))
    press(shown.chooser, "Begin my own system")
    part, need, level = (
        find(shown.mover, w.Dropdown, label) for label in ("Move this part", "or this answer", "to this level")
    )
    system_list = find(shown.chooser, w.Dropdown, "System")
    for table in (tmp_path / "systems").iterdir():
        table.rename(tmp_path / table.name)
    told = (
        f"{tmp_path / 'systems' / 'my-system.parts.csv'}: cannot be read (no such file or directory). Still shown is "
        "my-system, as it was read before."
    )
    for read_again in (lambda: press(shown.chooser, AGAIN), lambda: easel(str(tmp_path))):
        read_again()
        assert (said(shown.message), system_list.value) == (told, None)
    for _, name in part.options:
        part.value = name
        assert shown.message.value == ""
        assert need.value in shown.line.system.part(name).levels
        assert level.value == shown.line.system.part(name).levels[need.value]


def test_a_mistake_in_a_table_is_told_by_file_row_and_column_and_the_last_line_stays(own: Easel):
    before = own.drawn.value
    own.path.write_text(own.path.read_text(encoding="utf-8").replace("ride,Ride flow,4", "ride,Ride flow,9"))
    press(own.chooser, AGAIN)
    assert "rides.parts.csv, row 2, column strict_ordering: &#39;9&#39; is not allowed" in own.message.value
    assert own.drawn.value == before


def test_after_a_system_with_mistakes_it_says_what_is_shown_and_reads_it_again_once_mended(own: Easel):
    path = copied(own.folder, "trips")
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("ride,Ride flow,4", "ride,Trips,9"), encoding="utf-8")
    press(own.chooser, AGAIN)
    chooser = find(own.chooser, w.Dropdown, "System")
    chooser.value = path
    assert "trips.parts.csv, row 2, column strict_ordering" in own.message.value
    assert "Still shown is rides." in own.message.value
    assert chooser.value == own.path != path
    press(own.chooser, AGAIN)
    assert "Still shown is rides." in own.message.value
    path.write_text(good.replace("ride,Ride flow", "ride,Trips"), encoding="utf-8")
    press(own.chooser, AGAIN)
    assert own.message.value == ""
    assert (chooser.value, own.line.system.part("ride").name) == (path, "Trips")
    path.write_text("id\n", encoding="utf-8")
    press(own.chooser, AGAIN)
    assert "Still shown is trips, as it was read before." in own.message.value


def test_what_was_told_of_one_system_is_gone_when_another_is_shown(own: Easel):
    bad = copied(own.folder, "trips")
    good = bad.read_text(encoding="utf-8").replace("ride,Ride flow", "ride,Trips")
    bad.write_text("id\n", encoding="utf-8")
    press(own.chooser, AGAIN)
    chooser = find(own.chooser, w.Dropdown, "System")
    chooser.value = bad
    assert "Still shown is rides." in own.message.value
    bad.write_text(good, encoding="utf-8")
    beside: list[str] = []
    own.drawn.observe(lambda _: beside.append(own.message.value), "value")
    press(own.chooser, AGAIN)
    assert beside == [""]


def test_a_mistake_found_on_a_press_stays_told_until_the_file_is_mended_and_read_again(tmp_path: Path):
    path = copied(tmp_path)
    good = path.read_text(encoding="utf-8")
    shown = easel(str(tmp_path))
    drawn = shown.drawn.value
    path.write_text(good.replace("ride,Ride flow,4", "ride,Ride flow,high"), encoding="utf-8")
    told = (
        f"{path}, row 2, column strict_ordering: 'high' is not allowed; allowed is a whole number from 0 to 4. "
        "Still shown is rides, as it was read before."
    )
    for read_again in (lambda: press(shown.chooser, AGAIN), lambda: easel(str(tmp_path))) * 2:
        read_again()
        assert said(shown.message) == told
        assert shown.drawn.value == drawn
    path.write_text(good, encoding="utf-8")
    press(shown.chooser, AGAIN)
    assert shown.message.value == ""
    path.write_text("id\n", encoding="utf-8")
    press(shown.chooser, AGAIN)
    assert shown.message.value != ""
    path.write_text(good, encoding="utf-8")
    easel(str(tmp_path))
    assert shown.message.value == ""


def test_where_own_systems_lie_is_told_in_full_with_the_words_that_are_allowed(own: Easel):
    told = " ".join(said(panel) for panel in own.chooser.children if isinstance(panel, w.HTML))
    assert f"Your own systems lie in {(own.folder / 'systems').resolve()}, each as two tables" in told
    assert "side effect if it only follows from the flow" in told


def test_a_table_of_links_that_is_missing_is_told(tmp_path: Path):
    copied(tmp_path).with_name("rides.links.csv").unlink()
    shown = Easel(tmp_path)
    assert "rides.links.csv: cannot be read" in shown.message.value
    assert "No system is shown until this is mended." in shown.message.value
    find(shown.chooser, w.Dropdown, "System").value = dict(find(shown.chooser, w.Dropdown, "System").options)[
        "Example: Uber rides"
    ]
    assert shown.message.value == ""
    assert "Ride flow" in said(shown.drawn)


def test_it_is_put_into_a_decision_or_a_new_one_with_its_core_and_reactions(own: Easel, order_and_payment: Decision):
    path = own.folder / "decisions" / ORDER
    order_and_payment.save(path)
    own.read_again()
    find(own.ruler, w.Checkbox, "The boundary runs between teams").value = False
    press(own.keeper, "Put this boundary")
    made = Decision.open(own.folder / "decisions" / "rides.decision.json")
    assert made.system == own.line.system
    assert made.system.without == ("teams",)
    assert made.reactions == "Notifications, Analytics, Receipts"
    find(own.keeper, w.Dropdown, "Into which decision?").value = path
    press(own.keeper, "Put this boundary")
    assert Decision.open(path) == replace(order_and_payment, system=own.line.system)
    assert str(path) in said(own.put_in)


def test_what_is_made_of_tables_that_were_changed_meanwhile_holds_what_they_hold_now(own: Easel):
    own.choose(part="pricing")
    own.fix("choreography")
    told = "The tables were changed elsewhere; what is moved is moved in what they hold now."
    retitle(own.path, "ride,Ride flow", "ride,Trips")
    press(own.keeper, "Save the system")
    kept = read(own.folder, "rides-moved")
    assert (kept.part("ride").name, kept.part("pricing").model) == ("Trips", "choreography")
    assert said(own.kept).endswith(told)
    retitle(own.path, "ride,Trips", "ride,Journeys")
    press(own.keeper, "Put this boundary")
    put = Decision.open(own.folder / "decisions" / "rides.decision.json").system
    assert (put.part("ride").name, put.part("pricing").model) == ("Journeys", "choreography")
    assert said(own.put_in).endswith(told)
    own.path.unlink()
    press(own.keeper, "Put this boundary")
    assert Decision.open(own.folder / "decisions" / "rides-2.decision.json").system == put
    assert said(own.put_in).endswith(
        f"{own.path}: cannot be read (no such file or directory). Still shown is rides, as it was read before."
    )


def test_where_no_system_could_be_read_none_is_put_into_a_decision(tmp_path: Path):
    copied(tmp_path).write_text("id\n", encoding="utf-8")
    shown = Easel(tmp_path)
    press(shown.keeper, "Put this boundary")
    assert "No system is shown until this is mended." in said(shown.message)
    assert not (tmp_path / "decisions").exists()


def test_another_system_in_a_decision_is_only_replaced_where_that_is_said(own: Easel, order_and_payment: Decision):
    path = own.folder / "decisions" / ORDER
    held = replace(order_and_payment, system=own.line.system)
    held.save(path)
    own.read_again()
    find(own.keeper, w.Dropdown, "Into which decision?").value = path
    press(own.keeper, "Put this boundary")
    assert own.message.value == ""
    own.fix("choreography")
    press(own.keeper, "Put this boundary")
    assert f"{path}: holds another system already" in own.message.value
    assert Decision.open(path) == held
    instead = find(own.keeper, w.Checkbox, "In place of the system")
    instead.value = True
    press(own.keeper, "Put this boundary")
    assert Decision.open(path).system == (put := own.line.system)
    assert not instead.value
    own.fix("orchestration")
    press(own.keeper, "Put this boundary")
    assert f"{path}: holds another system already" in own.message.value
    assert Decision.open(path).system == put != own.line.system


def test_lists_that_it_filled_in_itself_are_renewed_with_the_system_and_that_is_told(own: Easel):
    press(own.keeper, "Put this boundary")
    path = own.folder / "decisions" / "rides.decision.json"
    find(own.keeper, w.Dropdown, "Into which decision?").value = path
    own.choose(part="receipts")
    for model, reactions, told in (
        ("orchestration", "Notifications, Analytics", into_decision.RENEWED),
        ("choreography", "Mails", into_decision.STAY),
    ):
        own.fix(model)
        find(own.keeper, w.Checkbox, "In place of the system").value = True
        press(own.keeper, "Put this boundary")
        assert told in said(own.put_in)
        assert Decision.open(path).system == own.line.system
        assert Decision.open(path).reactions == reactions
        replace(Decision.open(path), reactions="Mails").save(path)
        own.read_again()


def test_where_the_chosen_decision_is_gone_none_is_chosen_until_one_is(own: Easel, order_and_payment: Decision):
    path = own.folder / "decisions" / ORDER
    order_and_payment.save(path)
    press(own.chooser, AGAIN)
    choice = find(own.keeper, w.Dropdown, "Into which decision?")
    choice.value = path
    renamed = path.rename(path.with_name("renamed.decision.json"))
    press(own.keeper, "Put this boundary")
    gone = f"{path} is gone: it was removed or renamed elsewhere. Choose another, or a new one."
    assert (said(own.message), choice.value) == (gone, None)
    press(own.chooser, AGAIN)
    assert choice.value is None
    choice.value = dict(choice.options)["a new one"]
    press(own.keeper, "Put this boundary")
    assert Decision.open(path.with_name("rides.decision.json")).system == own.line.system
    assert Decision.open(renamed) == order_and_payment


def test_a_system_too_large_to_draw_is_told_and_its_tables_hold_it(tmp_path: Path):
    parts = "".join(f"p{at},{4 * (at % 2)},{4 * (1 - at % 2)}\n" for at in range(120))
    links = "".join(f"p{at},p{(at * 7 + 1) % 120},listening\n" for at in range(119) if at != (at * 7 + 1) % 120)
    written(tmp_path, "many", f"id,strict_ordering,fanout_extensibility\n{parts}", f"from,to,kind\n{links}")
    shown = Easel(tmp_path)
    assert "are too many to draw; the table holds them." in said(shown.drawn)
    assert shown.picture.outputs == ()
    assert "p119" in said(shown.tables)


def test_of_a_system_of_which_nothing_is_answered_no_boundary_is_shown_until_something_is(tmp_path: Path):
    written(tmp_path, "bare", "id,title\na,Alpha\nb,Beta\n", "from,to\na,b\n")
    shown = Easel(tmp_path)
    nothing = "Nothing is answered yet for any of the 2 parts, so nothing is said of where the boundary runs."
    assert [said(shown.drawn), said(shown.costs), said(shown.tables)] == [nothing, nothing, ""]
    assert shown.picture.outputs == ()
    find(shown.mover, w.Dropdown, "to this level").value = 4
    assert said(shown.drawn).startswith("Not enough answers: 2 of 2 parts have fewer than the 5 of 13 answers")
    assert len(shown.picture.outputs) == 1


def test_a_system_without_links_says_that_there_is_none_to_move(tmp_path: Path):
    written(tmp_path, "alone", "id,strict_ordering\na,4\n", "from,to\n")
    shown = Easel(tmp_path)
    assert "No boundary runs through 1 part." in said(shown.drawn)
    find(shown.mover, w.Dropdown, "to this kind").value = "awaited"
    assert "This system has no link whose kind could be moved." in shown.message.value
    assert find(shown.mover, w.Dropdown, "to this kind").value == ""


def test_titles_and_notes_are_escaped(tmp_path: Path):
    path = copied(tmp_path)
    evil = "<img src=x onerror=alert(1)>"
    path.write_text(path.read_text(encoding="utf-8").replace("ride,Ride flow", f"ride,{evil}"), encoding="utf-8")
    shown = Easel(tmp_path)
    shown.choose(part="ride")
    shown.fix("choreography")
    (output,) = shown.picture.outputs
    for text in (shown.drawn, shown.tables, shown.moved, shown.held, shown.bridges, shown.costs):
        assert "<img" not in text.value
    assert "<img" not in str(output["data"])


def test_knowledge_without_a_model_made_of_two_is_told_and_the_shipped_one_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: Callable[[str, str, str], Path]
):
    hybrid = "hybrid,Hybrid,a hybrid,orchestration,choreography,A core and its reactions.\n"
    folder = broken("models.csv", hybrid, "")
    monkeypatch.setenv("DECISION_KIT_KNOWLEDGE", str(folder))
    shown = Easel(tmp_path)
    assert "no model is made of two others" in said(shown.warning)
    assert "Ride flow" in said(shown.drawn)
