"""Texts of users in Markdown: on one line, shown as they are, never taken for markup."""

import re

from hypothesis import given
from hypothesis import strategies as st

from decision_kit import markdown


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_becomes_one_line_without_markup(text: str):
    line = str(markdown.markdown(text))
    assert len(line.splitlines()) <= 1
    assert not re.search(r"[<>{}]|(?<!\\)[`*|\[\]]", line)
    assert not line.startswith(("#", "- ", "+ ", "="))


def test_a_name_of_which_nothing_can_be_seen_is_shown_by_dots():
    assert markdown.named("\x00\u202e \n") == "…"
    assert markdown.named(" Ride\nflow ") == "Ride flow"
