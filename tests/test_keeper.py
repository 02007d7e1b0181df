"""The file of a decision: nothing that another hand wrote into it is overwritten."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from decision_kit import Decision, InputError
from decision_kit.keeper import ChangedError, Keeper

MINE = Decision.from_answers("Orders", {"strict_ordering": 3}, date="2026-11-26")
THEIRS = MINE.answer("strict_ordering", level=1)
NEXT = MINE.answer("strict_ordering", level=4)


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    keeper = Keeper()
    keeper.save_new(MINE, tmp_path / "decisions", "orders")
    return keeper


def test_a_new_decision_takes_the_first_free_name_and_its_file_is_saved_from_then_on(keeper: Keeper):
    second = Keeper()
    second.save_new(THEIRS, keeper.path.parent, "orders")
    second.save(NEXT)
    assert [(path.name, Decision.open(path)) for path in sorted(keeper.path.parent.iterdir())] == [
        ("orders-2.decision.json", NEXT),
        ("orders.decision.json", MINE),
    ]


def test_a_file_changed_elsewhere_is_not_overwritten_until_the_change_was_accepted(keeper: Keeper):
    other = Keeper()
    other.open(keeper.path)
    other.save(THEIRS)
    with pytest.raises(ChangedError, match=r"orders\.decision\.json was changed elsewhere\.$") as found:
        keeper.save(NEXT)
    assert Decision.open(keeper.path) == found.value.decision == THEIRS
    keeper.accept(found.value)
    keeper.save(NEXT)
    assert Decision.open(keeper.path) == NEXT
    with pytest.raises(ChangedError):
        other.look()


def test_a_file_that_says_the_same_in_another_layout_is_not_changed(keeper: Keeper):
    other = json.dumps(json.loads(keeper.path.read_text()), indent=8).replace("\n", "\r\n")
    keeper.path.write_bytes(other.encode())
    keeper.look()
    assert keeper.path.read_bytes() == other.encode()
    keeper.save(NEXT)
    assert Decision.open(keeper.path) == NEXT


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (b'{"schema": 2, "na', r"orders\.decision\.json: line 1 is not JSON .* It was changed elsewhere\.$"),
        (b"\xff", r"orders\.decision\.json: byte 0 is not UTF-8 text"),
        (None, r"orders\.decision\.json is gone: it was removed or renamed elsewhere\.$"),
    ],
)
def test_a_file_changed_into_something_unreadable_or_removed_is_told_and_stays_so(
    keeper: Keeper, held: bytes | None, told: str
):
    keeper.path.unlink() if held is None else keeper.path.write_bytes(held)
    with pytest.raises(ChangedError, match=told) as found:
        keeper.look()
    keeper.accept(found.value)  # there is nothing to go on from
    with pytest.raises(InputError, match=told.partition(r"\.$")[0].partition(" It")[0]):
        keeper.save(NEXT)
    assert keeper.path.read_bytes() == held if held else not keeper.path.exists()


def test_a_removed_folder_is_told_and_not_made_again_by_itself(keeper: Keeper):
    keeper.path.unlink()
    keeper.path.parent.rmdir()
    with pytest.raises(ChangedError, match="is gone"):
        keeper.save(NEXT)
    assert not keeper.path.parent.exists()
    keeper.save_new(NEXT, keeper.path.parent, "orders")
    assert Decision.open(keeper.path) == NEXT


def test_a_file_that_gets_a_name_moves_unless_it_was_changed_elsewhere(keeper: Keeper):
    old = keeper.path
    keeper.move(NEXT, "parcels")
    assert [path.name for path in old.parent.iterdir()] == ["parcels.decision.json"]
    THEIRS.save(keeper.path)
    with pytest.raises(ChangedError):
        keeper.move(MINE, "letters")
    assert [(path.name, Decision.open(path)) for path in old.parent.iterdir()] == [("parcels.decision.json", THEIRS)]


def fill(disk: Path) -> Path:
    """Write a file onto a disk until nothing more fits."""
    full = disk / "full"
    full.write_bytes(bytes(shutil.disk_usage(disk).free))
    return full


def test_a_full_disk_is_told_and_the_file_stays_whole_until_there_is_room_again(tiny: Path):
    keeper = Keeper()
    keeper.save_new(MINE, tiny / "decisions", "orders")
    full = fill(tiny)
    with pytest.raises(InputError, match=r"cannot be written \(no space left on device\); nothing was changed"):
        keeper.save(NEXT)
    assert list(keeper.path.parent.iterdir()) == [keeper.path]
    assert Decision.open(keeper.path) == MINE
    full.unlink()
    keeper.save(NEXT)
    assert Decision.open(keeper.path) == NEXT


def test_a_disk_that_is_only_read_is_told_and_the_file_stays(tiny: Path):
    keeper = Keeper()
    keeper.save_new(MINE, tiny / "decisions", "orders")
    subprocess.run([shutil.which("mount"), "-o", "remount,ro", str(tiny)], check=True)
    for save in (lambda: keeper.save(NEXT), lambda: keeper.save_new(NEXT, tiny / "decisions", "orders")):
        with pytest.raises(InputError, match=r"cannot be written \(read-only file system\); nothing was changed"):
            save()
    assert Decision.open(keeper.path) == MINE


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write into every folder")
def test_a_folder_that_may_not_be_written_is_told_and_the_file_stays(keeper: Keeper):
    keeper.path.parent.chmod(0o500)
    with pytest.raises(InputError, match=r"cannot be written \(permission denied\); nothing was changed"):
        keeper.save(NEXT)
    keeper.path.parent.chmod(0o700)
    assert Decision.open(keeper.path) == MINE


def test_what_another_hand_wrote_too_is_saved_and_told_again_once_it_is_forgotten(keeper: Keeper):
    THEIRS.save(keeper.path)
    keeper.save(THEIRS)
    assert keeper.decision == THEIRS
    keeper.forget(MINE)
    with pytest.raises(ChangedError, match="was changed elsewhere"):
        keeper.save(NEXT)
    assert Decision.open(keeper.path) == THEIRS
