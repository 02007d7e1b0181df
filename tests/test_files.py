"""Files: replaced whole or not at all, and never overwritten where they must be new."""

import codecs
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_kit import InputError, files


def test_replacing_a_file_leaves_nothing_else_behind_and_keeps_its_rights(tmp_path: Path):
    path = tmp_path / "new" / "orders.json"
    files.replace(path, "one")
    path.chmod(0o640)
    files.replace(path, "two")
    assert path.read_text(encoding="utf-8") == "two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            b"PK\x03\x04\x14\x00\x06\x00\xff",
            "is a workbook, such as Excel saves, and not text; save the table as CSV in",
        ),
        ("id,title\n".encode("utf-16"), "is UTF-16, as Excel and PowerShell may write it; save the file as UTF-8."),
        (codecs.BOM_UTF16_BE + "id".encode("utf-16-be"), "is UTF-16, as Excel and PowerShell may write it; save the"),
        (b"caf\xe9", "byte 3 is not UTF-8 text; save the file as UTF-8."),
    ],
    ids=["workbook", "UTF-16", "UTF-16, the other way round", "Latin-1"],
)
def test_what_is_no_utf_8_is_called_what_it_is(tmp_path: Path, content: bytes, told: str):
    (path := tmp_path / "parts.csv").write_bytes(content)
    with pytest.raises(InputError) as error:
        files.read_text(path)
    assert str(error.value).startswith(f"{path}: {told}")


LINKED = pytest.mark.skipif(sys.platform == "win32", reason="there not everybody may make links")


@LINKED
def test_through_a_link_the_file_that_it_leads_to_is_replaced_and_the_link_stays(tmp_path: Path):
    real, between, link = (tmp_path / name / "orders.json" for name in ("shared", "team", "mine"))
    for path in (real, between, link):
        path.parent.mkdir()
    real.write_text("one")
    between.symlink_to(Path("..") / "shared" / "orders.json")
    link.symlink_to(between)
    files.replace(link, "two")
    assert real.read_text() == "two"
    assert files.replace_if(link, "two", "three")
    assert real.read_text() == "three"
    with files.beside(link) as part:
        assert part.parent == real.parent
        part.write_text("four")
    assert real.read_text() == "four"
    assert between.is_symlink()
    assert link.is_symlink()
    assert [len(list(path.parent.iterdir())) for path in (real, between, link)] == [1, 1, 1]


@LINKED
def test_through_links_files_are_changed_together_where_they_lie_and_a_removed_link_leaves_its_file(tmp_path: Path):
    records, shared = tmp_path / "records", tmp_path / "shared"
    for folder in (records, shared):
        folder.mkdir()
    for name in ("1.json", "2.json"):
        (shared / name).write_text("old")
        (records / name).symlink_to(shared / name)
    (records / "3.json").symlink_to(tmp_path / "nothing")
    with pytest.raises(InputError, match=r"3\.json: is there already"):
        files.together(records, {"1.json": "new", "3.json": "new"}, fresh=["3.json"])
    (records / "3.json").unlink()
    files.together(records, {"1.json": "new", "2.json": None, "3.json": "new"}, fresh=["3.json"])
    assert {path.name: path.read_text() for path in records.iterdir()} == {"1.json": "new", "3.json": "new"}
    assert (records / "1.json").is_symlink()
    assert {path.name: path.read_text() for path in shared.iterdir()} == {"1.json": "new", "2.json": "old"}


def test_a_read_only_file_is_neither_replaced_nor_renamed_nor_removed_whoever_asks(tmp_path: Path):
    path, new = tmp_path / "orders.json", tmp_path / "parcels.json"
    path.write_text("one")
    path.chmod(0o444)
    for act in (
        lambda: files.replace(path, "two"),
        lambda: files.replace_if(path, "one", "two"),
        lambda: files.rename_if(path, "one", new),
        lambda: files.together(tmp_path, {new.name: "two", path.name: "two"}),
        lambda: files.together(tmp_path, {new.name: "two", path.name: None}),
    ):
        with pytest.raises(InputError, match=r"orders\.json: is read-only, so nothing was changed; allow writing"):
            act()
        assert [(left.name, left.read_text()) for left in tmp_path.iterdir()] == [("orders.json", "one")]
    path.chmod(0o644)
    assert files.replace_if(path, "one", "two")


@LINKED
def test_a_folder_that_is_a_link_to_nothing_is_told_as_such(tmp_path: Path):
    link = tmp_path / "decisions"
    link.symlink_to(tmp_path / "gone")
    told = r"decisions: is a link to .*gone, which is not there; make it there or remove the link\. Nothing was changed"
    for act in (
        lambda: files.replace(link / "orders.json", "one"),
        lambda: files.replace_if(link / "orders.json", None, "one"),
        lambda: files.together(link / "old", {"orders.json": "one"}),
    ):
        with pytest.raises(InputError, match=told):
            act()
    assert list(tmp_path.iterdir()) == [link]
    (tmp_path / "gone").mkdir()
    files.replace(link / "orders.json", "one")
    assert (tmp_path / "gone" / "orders.json").read_text() == "one"


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is swept where a file in use cannot be told")
def test_what_nobody_writes_any_more_is_swept_and_only_beside_its_own_file(tmp_path: Path):
    left, *others = (
        tmp_path / f".{name}.12-34.part" for name in ("orders.csv", "orders.csv.1-2.csv", "orders", "my orders.csv")
    )
    for path in (left, *others):
        path.write_text("half")
    with files.beside(tmp_path / "orders.csv") as alive:
        files.sweep(tmp_path / "orders.csv")
        assert set(tmp_path.iterdir()) == {alive, *others}
        alive.write_text("whole")
    assert set(tmp_path.iterdir()) == {tmp_path / "orders.csv", *others}
    files.sweep(tmp_path / "gone" / "orders.csv")


def test_a_folder_in_the_way_is_told_and_stays(tmp_path: Path):
    (tmp_path / "orders.json").mkdir()
    with pytest.raises(InputError, match=r"orders\.json: cannot be written"):
        files.replace(tmp_path / "orders.json", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["orders.json"]


def test_files_written_together_are_all_there(tmp_path: Path):
    (tmp_path / "old.md").write_text("old")
    (tmp_path / "gone.md").write_text("gone")
    files.together(tmp_path, {"old.md": "new", "new.json": b"{}", "gone.md": None}, fresh=["new.json"])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"old.md": "new", "new.json": "{}"}


def test_a_file_that_is_there_is_never_overwritten_where_it_must_be_new(tmp_path: Path):
    (tmp_path / "0001-a.md").write_text("first")
    with pytest.raises(InputError, match="is there already and is never overwritten"):
        files.together(tmp_path, {"0002-b.md": "second", "0001-a.md": "second"}, fresh=["0001-a.md"])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"0001-a.md": "first"}


def test_a_change_that_is_not_finished_keeps_others_out(tmp_path: Path):
    (tmp_path / files.JOURNAL).write_text('{"move": {}, "remove": []}')
    with pytest.raises(InputError, match=r"another change is under way or was cut off.*Nothing was changed"):
        files.together(tmp_path, {"a.md": "a"})
    assert [path.name for path in tmp_path.iterdir()] == [files.JOURNAL]
    assert files.finish(tmp_path)
    assert not files.finish(tmp_path)
    files.together(tmp_path, {"a.md": "a"})


def test_a_file_is_replaced_or_renamed_only_where_it_holds_what_is_known_of_it(tmp_path: Path):
    path, new = tmp_path / "new" / "orders.json", tmp_path / "new" / "parcels.json"
    assert files.replace_if(path, None, "one")
    assert not files.replace_if(path, None, "two")
    assert not files.replace_if(path, "zero", "two")
    assert not files.rename_if(path, "zero", new)
    new.write_text("taken")
    assert not files.rename_if(path, "one", new)
    assert (path.read_text(), new.read_text()) == ("one", "taken")
    new.unlink()
    assert files.replace_if(path, "one", "two")
    assert files.rename_if(path, "two", new)
    assert not files.replace_if(path, "two", "three")
    assert [(left.name, left.read_text()) for left in path.parent.iterdir()] == [("parcels.json", "two")]


def test_a_file_whose_folder_is_gone_is_neither_replaced_nor_renamed_and_no_folder_made(tmp_path: Path):
    path = tmp_path / "gone" / "orders.json"
    assert not files.replace_if(path, "one", "two")
    assert not files.rename_if(path, "one", path.with_name("parcels.json"))
    assert list(tmp_path.iterdir()) == []


COUNT = """
import sys
from pathlib import Path
from decision_kit import files

path, times = Path(sys.argv[1]), int(sys.argv[2])
while times:
    known = files.read_text(path)
    times -= files.replace_if(path, known, str(int(known) + 1))
"""

AS_ON_WINDOWS = """
import fcntl, importlib, os, sys, types
from decision_kit import files

locked = set()

def locking(held, mode, size):  # as documented: from where the file stands, and closing lets go in its own time
    assert (os.lseek(held, 0, os.SEEK_CUR), size) == (0, 1)
    if mode == "unlock":
        locked.remove(1)
        fcntl.flock(held, fcntl.LOCK_UN)
    else:
        assert not locked, "closed without being unlocked"
        fcntl.flock(held, fcntl.LOCK_EX)
        locked.add(1)

sys.modules["msvcrt"] = types.SimpleNamespace(LK_LOCK="lock", LK_UNLCK="unlock", locking=locking)
sys.platform = "win32"
importlib.reload(files)
"""
"""Stands in for what only Windows has, so that what is written for it runs elsewhere too."""


@pytest.mark.parametrize("before", [pytest.param("", id="here"), pytest.param(AS_ON_WINDOWS, id="as on Windows")])
def test_processes_that_replace_a_file_at_once_never_overwrite_each_other(before: str, tmp_path: Path):
    if before and os.name == "nt":
        pytest.skip("this is Windows")
    path, linked = tmp_path / "count", tmp_path.with_name(f"{tmp_path.name}-linked")
    path.write_text("0")
    if os.name != "nt":
        linked.symlink_to(path)
    ways = (path, path, path if os.name == "nt" else linked)
    counting = [subprocess.Popen([sys.executable, "-c", before + COUNT, str(way), "100"]) for way in ways]
    assert [process.wait() for process in counting] == [0, 0, 0]
    assert path.read_text() == "300"
    windows = bool(before) or os.name == "nt"
    assert {left.name for left in tmp_path.iterdir()} == {"count", *([".decision-kit.lock"] if windows else [])}


FAULTS = """
import json, os, sys
from pathlib import Path
from decision_kit import files

folder, kind = Path(sys.argv[1]), sys.argv[2]
OLD = {"1.json": "old 1", "2.json": "old 2", "3.md": "old 3"}
NEW = {"1.json": "new 1", "2.json": "new 2", "3.md": None, "4.md": "new 4"}

def run(step):
    here = folder / f"{kind}-{step}"
    here.mkdir()
    for name, text in OLD.items():
        (here / name).write_text(text)
    left = [step]

    def faulty(function):
        def call(*arguments, **options):
            left[0] -= 1
            if left[0] == 0 and kind == "crash":
                os._exit(3)
            if left[0] == 0:
                raise OSError(28, "No space left on device")
            return function(*arguments, **options)
        return call

    real = Path.open
    def opened(path, mode="r", *arguments, **options):
        stream = real(path, mode, *arguments, **options)
        return Faulty(stream) if "x" in mode else stream

    class Faulty:
        def __init__(self, stream):
            self.stream = stream
            self.fileno = stream.fileno
            self.flush = faulty(stream.flush)
        def write(self, content):
            left[0] -= 1
            if left[0] == 0:
                self.stream.write(content[: len(content) // 2])  # a write that is cut off in its middle
                self.stream.flush()
                if kind == "crash":
                    os._exit(3)
                raise OSError(28, "No space left on device")
            return self.stream.write(content)
        def __enter__(self):
            return self
        def __exit__(self, *what):
            self.stream.close()

    Path.open, Path.replace, Path.unlink, os.fsync = (
        opened, faulty(Path.replace), faulty(Path.unlink), faulty(os.fsync)
    )
    try:
        files.together(here, NEW, fresh=["4.md"])
    except files.InputError as error:
        (here / "told").write_text(str(error))
    os._exit(0 if left[0] > 0 else 4)

step = 0
done = False
while not done:
    step += 1
    child = os.fork()
    if child == 0:
        try:
            run(step)
        finally:
            os._exit(5)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, 3, 4), code
    done = code == 0
print(step - 1)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, to go on after a crash")
@pytest.mark.parametrize("kind", ["error", "crash"])
def test_a_fault_at_any_write_rename_or_flush_leaves_all_old_all_new_or_what_finish_makes_new(
    kind: str, tmp_path: Path
):
    run = subprocess.run(
        [sys.executable, "-c", FAULTS, str(tmp_path), kind], capture_output=True, text=True, check=True
    )
    points = int(run.stdout)
    assert points >= 16  # four files and the journal written and flushed, three moved, two removed
    old, new = (
        {"1.json": "old 1", "2.json": "old 2", "3.md": "old 3"},
        {"1.json": "new 1", "2.json": "new 2", "4.md": "new 4"},
    )
    unfinished = 0
    for step in range(1, points + 1):
        folder = tmp_path / f"{kind}-{step}"
        told = (folder / "told").read_text() if (folder / "told").exists() else ""
        if (folder / files.JOURNAL).exists():
            unfinished += 1
            assert "--finish` completes it" in told or kind == "crash"
            files.finish(folder)
        elif kind == "error":
            assert "nothing was changed" in told or not told
        now = {path.name: path.read_text() for path in folder.iterdir() if path.suffix in (".json", ".md")}
        assert now in (old, new), step
    assert unfinished


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = tmp_path_factory.mktemp("files") / "text"
    files.replace(path, text)
    assert files.read_text(path) == text.removeprefix("\ufeff")


def test_a_name_is_free_where_no_file_has_it_with_any_of_the_endings(tmp_path: Path):
    for name in ("a.parts.csv", "a-2.links.csv", "b.html"):
        (tmp_path / name).touch()
    names = files.free(tmp_path, "a", ".parts.csv", ".links.csv")
    assert (next(names), next(names)) == ("a-3", "a-4")
    assert next(files.free(tmp_path, "b", ".csv")) == "b"
    assert next(files.free(tmp_path / "missing", "b", ".csv")) == "b"
