"""Plain values: checks of those that come out of JSON, each told in one sentence, and making those that go into it."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

from decision_kit.errors import InputError

LONGEST = 200_000
"""Most characters in one text."""


def text(where: str, value: object) -> None:
    """Check that a value is a text that can be written again.

    Raises
    ------
    InputError
        If it is no text, too long, or holds what is not a character.
    """
    if not isinstance(value, str):
        raise InputError(f"{where}: {shown(value)} is not a text.")
    if len(value) > LONGEST:
        raise InputError(f"{where}: has {len(value):,} characters; at most {LONGEST:,} are allowed.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise InputError(f"{where}: holds half of a surrogate pair, which is not a character.")


def only(given: Iterable[str], allowed: Collection[str], where: str) -> None:
    """Check that all fields are known.

    Raises
    ------
    InputError
        If one is not.
    """
    for name in given:
        if name not in allowed:
            raise InputError(f"{where}{name[:60]}: is not a field; allowed are {', '.join(allowed)}.")


def is_number(value: object) -> bool:
    """Tell whether a value is the text of an exact number, such as ``"1/2"`` or ``"0.25"``."""
    if not isinstance(value, str) or not re.fullmatch(r"-?[\d./]{1,60}", value, re.ASCII):
        return False
    try:
        Fraction(value)
    except (ValueError, ZeroDivisionError):
        return False
    return True


def shown(value: object) -> str:
    """Write a value in a sentence about it, cut where it is long."""
    written = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, float) else repr(value)
    return written if len(written) <= 60 else written[:57] + "..."


def values(given: Any) -> Any:
    """Make plain values of dataclasses, mappings, tuples and fractions, and of what they hold."""
    if is_dataclass(given):
        given = some(given, *(field.name for field in fields(given)))
    if isinstance(given, Mapping):
        return {name: values(value) for name, value in given.items()}
    if isinstance(given, tuple | list):
        return [values(value) for value in given]
    return float(given) if isinstance(given, Fraction) else given


def some(given: object, *names: str) -> dict[str, Any]:
    """Give some attributes by their names."""
    return {name: getattr(given, name) for name in names}
