"""Packages that only some of the kit needs: there they are used, and where they are not it is said how to get them."""

import json
import shlex
import sys

import pytest

from decision_kit import InputError, extras


def test_a_package_that_is_there_is_given():
    assert extras.need("json", "a test") is json


def test_one_that_is_not_is_told_in_one_sentence_with_the_command_that_installs_it():
    with pytest.raises(InputError, match="a test needs no_such_package, which cannot be used") as error:
        extras.need("no_such_package", "a test")
    assert str(error.value).endswith(f"install it with: {extras.install('no_such_package')}")
    assert "\n" not in str(error.value)


def test_the_command_that_installs_a_package_runs_the_python_that_lacks_it():
    words = shlex.split(extras.install("a_package"))
    assert words == [sys.executable, "-m", "pip", "install", "a_package"]


def test_the_command_can_be_copied_where_a_folder_has_blanks_in_its_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", "/home/a b/.venv/bin/python")
    assert extras.install("a_package") == "'/home/a b/.venv/bin/python' -m pip install a_package"


def test_whether_a_package_is_there_is_told_without_importing_it():
    assert extras.there("json")
    assert not extras.there("no_such_package")
