"""The README: its commands are the ones that work, its Python runs, its figures are true."""

import doctest
import re
from pathlib import Path

import pytest

from decision_kit import knowledge

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_python_runs_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    failed, attempted = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert attempted > 0
    assert failed == 0


def test_the_first_screen_has_the_picture_and_the_two_commands():
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert [command.split("&& ")[-1] for command in commands] == [
        ".venv/bin/decision-kit",
        ".venv/bin/python -m pytest",
    ]
    first_screen = README[: README.index("## ")]
    assert all(command in first_screen for command in commands)
    (picture,) = re.findall(r"!\[.+\]\((.+)\)", first_screen)
    assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")


def test_its_figures_are_those_of_the_data():
    shipped = knowledge.load()
    sources = {rating.source for rating in shipped.ratings}
    assert f"{len(shipped.ratings)} ratings from {len(sources)} published sources" in README
    assert len(shipped.requirements) == 13
    assert "thirteen questions" in README


def test_every_file_it_links_to_is_there():
    for document in ("README.md", "CONTRIBUTING.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", (ROOT / document).read_text(encoding="utf-8")):
            assert (ROOT / link).exists(), link
