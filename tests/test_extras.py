"""Packages that only some of the kit needs: there they are used, and where they are not it is said how to get them."""

import json

import pytest

from decision_kit import InputError, extras


def test_a_package_that_is_there_is_given():
    assert extras.need("json", "a test") is json


def test_one_that_is_not_is_told_in_one_sentence_with_the_command_that_installs_it():
    with pytest.raises(InputError, match="a test needs no_such_package, which cannot be used") as error:
        extras.need("no_such_package", "a test")
    assert str(error.value).endswith("install it with: python -m pip install no_such_package")
    assert "\n" not in str(error.value)
