"""Put a system into a decision: the lists that the kit filled in go with it, a person's own words stay."""

from dataclasses import replace

from decision_kit.boundaries import boundary, boundary_wording
from decision_kit.boundaries.boundary import Line
from decision_kit.decision import Decision
from decision_kit.errors import InputError

RENEWED = "Its core and reactions were those that the kit filled in from the system that is replaced; they are renewed."
"""Said where the lists go with the system."""
STAY = (
    "Its core and reactions stay as they are: they are a person's own words, not what the kit fills in from the system "
    "that is replaced."
)
"""Said where they do not."""


def put(line: Line, decision: Decision) -> tuple[Decision, str]:
    """Put a line's system into a decision.

    Parameters
    ----------
    line : Line
    decision : Decision
        It may hold another system, which is replaced.

    Returns
    -------
    (Decision, str)
        The decision with the system, and what became of core and reactions; empty where no system is replaced, or
        nothing is said of them.

    Raises
    ------
    InputError
        If a decision cannot hold the system.
    """
    held = replace(decision, system=line.system, basis=None)
    if decision.system in (None, line.system):
        return held, ""
    if _filled_in(line, decision):
        core, reactions = boundary_wording.lists(line)
        return replace(held, core=core, reactions=reactions), RENEWED
    return held, STAY if decision.core.strip() or decision.reactions.strip() else ""


def _filled_in(line: Line, decision: Decision) -> bool:
    """Tell whether core and reactions are just what the kit fills in from the decision's system."""
    if decision.system is None:
        return False
    try:
        before = boundary.draw(decision.system, line.knowledge, flips=())
    except InputError:  # drawn with other knowledge, so that nobody can tell
        return False
    return (decision.core, decision.reactions) == boundary_wording.lists(before)
