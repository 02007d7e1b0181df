"""An answer that leaves open several levels: two ends, of which one alone is kept and the other asked for."""

from typing import TYPE_CHECKING

import ipywidgets as w

from decision_kit import panels, wording
from decision_kit.decision import Answer, Level
from decision_kit.knowledge import Requirement
from decision_kit.widgets.controls import stacked

if TYPE_CHECKING:
    from decision_kit.widgets.decide import Desk

LABELS = ("Or say a range: at least", "and at most")


def controls(desk: "Desk", requirement: Requirement) -> tuple[w.Widget, ...]:
    """Make the two lists of one question and the line that says what is missing."""
    steps = [("", None), *((f"{level}: {text}", level) for level, text in enumerate(requirement.levels))]
    ends = [stacked(label, w.Dropdown(options=steps)) for label in LABELS]
    missing = w.HTML()
    chosen: list[int | None] | None = None  # the ends as long as they are no range
    beside = None  # the answer that was given then

    def said() -> Level:
        return desk.decision.answer_to(requirement.id).level

    def forget() -> None:
        nonlocal chosen
        if said() != beside:  # answered in another way since
            chosen, missing.value = None, ""

    def read(which: int) -> int | None:
        level = said()
        if chosen is not None:
            return chosen[which]
        return level[which] if isinstance(level, tuple) else None

    def write(which: int, level: int | None) -> None:
        nonlocal beside, chosen
        now = [read(0), read(1)]
        now[which] = level
        given = sorted({end for end in now if end is not None})
        if given and None in now:
            chosen, beside = now, said()
            answer = wording.brief(Answer(requirement.id, beside))
            end = "at most" if now[1] is None else "at least"
            missing.value = panels.sentence(f"Say also “{end}”; until then your answer stays as it is: {answer}.")
            return
        chosen, missing.value = None, ""
        desk.answer(requirement.id, level=tuple(given) if len(given) == 2 else given[0] if given else None)

    desk.refreshers.append(forget)
    for which, control in enumerate(ends):
        desk.bind(control, lambda which=which: read(which), lambda level, which=which: write(which, level))
    return (*ends, missing)
