"""Opening the notebooks: whose copy lies in the folder, and what runs from the start to the stop."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import psutil
import pytest
from nbformat.sign import NotebookNotary

from decision_kit import InputError
from decision_kit.launch import prepare, run

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0
"""Longest wait for a process, in seconds; what ends sooner is not waited for."""

RUN = """
import sys
from pathlib import Path
from decision_kit.launch import run
sys.exit(run(Path(), browser={browser}))
"""


@pytest.fixture(autouse=True)
def scratch(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep the tests and the Jupyter of the one who runs them apart; temporary files go where they are seen."""
    for name in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path_factory.mktemp(name)))
    return Path(os.environ["TMPDIR"])


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """Ship two notebooks that are not yet run."""
    cells = [
        nbformat.v4.new_markdown_cell("# Decide"),
        nbformat.v4.new_code_cell("# 1. What your system needs\nprint('hello')"),
    ]
    folder = tmp_path / "shipped"
    folder.mkdir()
    for name in ("1_decide.ipynb", "2_more.ipynb"):
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / name)
    return folder


@pytest.fixture
def home(tmp_path: Path, shipped: Path) -> Path:
    """Prepare a person's folder."""
    folder = tmp_path / "a person's folder"
    prepare(folder, shipped)
    return folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_fresh_folder_gets_every_shipped_notebook(tmp_path: Path, shipped: Path):
    folder = tmp_path / "not" / "there yet"
    assert prepare(folder, shipped) == []
    assert names(folder) == names(shipped)
    assert (folder / "1_decide.ipynb").read_bytes() == (shipped / "1_decide.ipynb").read_bytes()


def test_a_copy_that_was_only_run_is_replaced_by_the_clean_one(home: Path, shipped: Path):
    copy = home / "1_decide.ipynb"
    notebook = nbformat.read(copy, as_version=4)
    notebook.cells[1].execution_count = 3
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="hello\n")]
    notebook.cells[1].metadata.trusted = True
    notebook.metadata.widgets = {}
    notebook.cells.append(nbformat.v4.new_code_cell(""))  # what Shift+Enter leaves at the end
    nbformat.write(notebook, copy)
    assert prepare(home, shipped) == []
    assert copy.read_bytes() == (shipped / "1_decide.ipynb").read_bytes()
    assert names(home) == names(shipped)


def test_an_edited_copy_is_kept_under_the_next_free_name_and_said_once_each(home: Path, shipped: Path):
    copy = home / "1_decide.ipynb"
    clean = copy.read_text(encoding="utf-8")
    for number in (1, 2):
        edited = clean.replace("hello", f"my edit {number}")
        copy.write_text(edited, encoding="utf-8")
        (sentence,) = prepare(home, shipped)
        assert f"1_decide.edited-{number}.ipynb" in sentence
        assert copy.read_text(encoding="utf-8") == clean
        assert (home / f"1_decide.edited-{number}.ipynb").read_text(encoding="utf-8") == edited
    assert prepare(home, shipped) == []


@pytest.mark.parametrize("text", ["{ half a notebo", "[]", '{"cells": [1]}', '{"cells": null}', ""])
def test_a_file_that_is_no_notebook_is_kept_too(home: Path, shipped: Path, text: str):
    (home / "1_decide.ipynb").write_text(text, encoding="utf-8")
    (sentence,) = prepare(home, shipped)
    assert "1_decide.edited-1.ipynb" in sentence
    assert (home / "1_decide.edited-1.ipynb").read_text(encoding="utf-8") == text
    assert (home / "1_decide.ipynb").read_bytes() == (shipped / "1_decide.ipynb").read_bytes()


def test_a_folder_in_place_of_a_notebook_is_told_and_stays(home: Path, shipped: Path):
    (home / "1_decide.ipynb").unlink()
    (home / "1_decide.ipynb").mkdir()
    with pytest.raises(InputError, match="cannot be kept"):
        prepare(home, shipped)
    assert names(home) == names(shipped)


def test_files_that_are_not_the_kits_stay_as_they_are(home: Path, shipped: Path):
    (home / "mine.ipynb").write_text("mine", encoding="utf-8")
    assert prepare(home, shipped) == []
    assert (home / "mine.ipynb").read_text(encoding="utf-8") == "mine"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path, shipped: Path):
    folder = tmp_path / "folder"
    folder.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is a file"):
        prepare(folder, shipped)
    with pytest.raises(InputError, match="not a directory"):
        prepare(folder / "below", shipped)
    assert folder.read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root and Windows write there anyway")
def test_a_folder_that_cannot_be_written_is_refused(home: Path, shipped: Path):
    home.chmod(0o500)
    with pytest.raises(InputError, match="permission denied"):
        prepare(home, shipped)
    home.chmod(0o700)


def test_the_kits_own_folder_is_not_worked_in(shipped: Path):
    with pytest.raises(InputError, match="name another folder"):
        prepare(shipped / ".." / "shipped", shipped)


def test_a_kit_without_notebooks_says_so(tmp_path: Path):
    with pytest.raises(InputError, match="install the kit again"):
        prepare(tmp_path / "folder", tmp_path)


def test_each_copy_is_trusted_by_jupyter_and_nothing_else_is(home: Path, shipped: Path):
    edited = (home / "1_decide.ipynb").read_text(encoding="utf-8").replace("hello", f"edited in {home}")
    (home / "1_decide.ipynb").write_text(edited, encoding="utf-8")
    prepare(home, shipped)
    notary = NotebookNotary()
    trusted = {path.name for path in home.iterdir() if notary.check_signature(nbformat.read(path, as_version=4))}
    notary.store.close()
    assert trusted == {"1_decide.ipynb", "2_more.ipynb"}


def test_a_notebook_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="no such notebook"):
        run(tmp_path)


@dataclass
class Kit:
    """A kit that runs, the address it told, and all the processes it runs in."""

    process: subprocess.Popen[str]
    address: str
    all: list[psutil.Process]

    def ask(self, path: str, method: str = "GET") -> tuple[int, bytes]:
        """Send a request, past any proxy."""
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)
        token = parse_qs(urlsplit(self.address).query)["token"][0]
        connection.request(method, path, headers={"Authorization": f"token {token}"})
        answer = connection.getresponse()
        status, text = answer.status, answer.read()
        connection.close()
        return status, text

    def end(self) -> tuple[int, str, str, list[psutil.Process]]:
        """Wait for the end: its status, the rest of what it said, and the processes that are left."""
        said, complained = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said, complained, psutil.wait_procs(self.all, timeout=PATIENCE)[1]


@contextmanager
def started(folder: Path, *path: Path, browser: bool = False) -> Iterator[subprocess.Popen[str]]:
    """Run the kit on a folder, and see to it that it ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN.format(browser=browser)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*path, ROOT))), "BROWSER": "echo"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise


@pytest.fixture
def kit(home: Path) -> Iterator[Kit]:
    """Run the kit on a prepared folder until it has told its address and how to stop it."""
    with started(home) as process:
        _, address, stop = (process.stdout.readline().strip() for _ in range(3))
        assert "Ctrl+C" in stop
        # The kit, its server, and the kernel of the session.
        everything = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        assert len(everything) == 3
        yield Kit(process, address, everything)


def test_the_address_it_tells_opens_the_one_notebook_with_its_session_there(kit: Kit):
    parts = urlsplit(kit.address)
    assert (parts.hostname, parts.path) == ("127.0.0.1", "/doc/tree/1_decide.ipynb")
    status, page = kit.ask(f"{parts.path}?{parts.query}")
    assert status == HTTPStatus.OK
    assert b"jupyter-config-data" in page
    sessions = json.loads(kit.ask("/api/sessions")[1])
    assert [(session["path"], session["kernel"]["name"]) for session in sessions] == [("1_decide.ipynb", "python3")]


@pytest.mark.skipif(os.name == "nt", reason="Windows does not ask the environment for the browser")
def test_the_browser_is_opened_at_the_address_it_tells(home: Path):
    with started(home, browser=True) as process:
        _, address, _, opened = (process.stdout.readline() for _ in range(4))
    assert opened == address != ""


def test_who_has_no_token_is_not_let_in(kit: Kit):
    assert replace(kit, address=kit.address[:-1]).ask("/api/sessions")[0] == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_asked_to_stop_it_ends_well_and_leaves_nothing_behind(kit: Kit, scratch: Path, name: str):
    assert names(scratch) != set()
    kit.process.send_signal(getattr(signal, name))
    assert kit.end() == (0, "", "", [])
    assert names(scratch) == set()


def test_shut_down_from_the_browser_it_ends_well(kit: Kit):
    assert kit.ask("/api/shutdown", "POST")[0] == HTTPStatus.OK
    assert kit.end() == (0, "", "", [])


def test_even_killed_it_leaves_no_process_behind(kit: Kit):
    kit.process.kill()
    assert kit.end()[3] == []


def test_a_server_that_breaks_is_told_and_takes_its_kernel_along(kit: Kit):
    kit.all[1].kill()
    status, _, complained, left = kit.end()
    assert status != 0
    assert "InputError: Jupyter broke; the last it said: " in complained
    assert left == []


def test_a_server_that_does_not_start_is_told_with_the_last_it_said(home: Path, tmp_path: Path):
    (tmp_path / "jupyterlab.py").write_text("raise ImportError('no Jupyter here')", encoding="utf-8")
    with started(home, tmp_path) as process:
        said, complained = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (1, "")
    assert "InputError: Jupyter did not start; the last it said: ImportError: no Jupyter here\n" in complained
