"""What a record and a report show of the line through a decision's system."""

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:  # scipy is behind it, and not needed without a system
    from decision_kit.boundaries.boundary import Line


def of(line: "Line | None") -> dict[str, Any]:
    """Give what there is to show, by the names that the templates use.

    Parameters
    ----------
    line : Line or None
        ``None`` for a decision without a system, of which nothing is shown; of one for whose parts nothing is
        answered only that is said.

    Returns
    -------
    dict
        The line as ``drawn``, its sentences as ``says``, ``picture`` (SVG), its ``title``, ``flowchart`` (Mermaid),
        what both leave out as ``not_drawn``, ``crossings``, what to build at them as ``building``, and the ids of all
        sources that are cited as ``cited_by_line``.
    """
    if line is None:
        return {"drawn": None, "cited_by_line": set()}
    from decision_kit.boundaries import boundary_wording, crossings, drawing  # noqa: PLC0415

    if not line.answered:
        return {"drawn": line, "says": boundary_wording, "cited_by_line": set()}
    found = crossings.of(line)
    building = crossings.used(found)
    return {
        "drawn": line,
        "says": boundary_wording,
        # drawing escapes what users wrote
        "picture": Markup(drawing.svg(line)),  # noqa: S704
        "flowchart": Markup(drawing.mermaid(line).strip()),  # noqa: S704
        "title": drawing.title(line),
        "not_drawn": drawing.left_out(line),
        "crossings": found,
        "building": building,
        "cited_by_line": {advice.source.id for advice in building} | {rule.source for rule in line.rules.rules},
    }
