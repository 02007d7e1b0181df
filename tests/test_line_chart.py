"""The figure of a line: the same boxes as the picture, more on what the mouse rests on, and no text that runs."""

import pytest
from conftest import EXAMPLES

from decision_kit import knowledge
from decision_kit.boundaries import boundary, drawing, line_chart, system
from decision_kit.boundaries.boundary import Line
from decision_kit.boundaries.system import Link, Part, System


@pytest.fixture(scope="module")
def uber() -> Line:
    known = knowledge.load()
    tables = (EXAMPLES / f"uber-rides.{name}.csv" for name in ("parts", "links"))
    return boundary.draw(system.load(*tables, known), known)


def test_every_part_tells_its_model_what_it_costs_and_how_near_it_is(uber: Line):
    *boxes, crossings = line_chart.figure(uber).data
    told = {box.text.split("<br>")[0]: box.text for box in boxes}
    assert len(told) == 8
    assert told["<b>Ride flow</b>"] == (
        "<b>Ride flow</b><br>Orchestration<br>costs 76.3 and pays 11.5 for the boundary<br>"
        "on the other side all would cost 40.2 more"
    )
    links = [link for text in crossings.hovertext for link in text.split("<br>")]
    assert sorted(links) == sorted(
        f"{uber.system.part(joint.link.start).name} → {uber.system.part(joint.link.end).name} (listening)"
        for joint in uber.crossed
    )


def test_it_is_as_large_as_the_picture_and_no_wider_than_the_page(uber: Line):
    sketch, figure = drawing.sketch(uber), line_chart.figure(uber)
    assert figure.layout.width == sketch.width
    shown = [box for box in figure.layout.shapes if box.fillcolor and box.line.width == 1.6]
    assert len(shown) == len(sketch.boxes)
    needs = ("strict_ordering", "fanout_extensibility")
    parts = tuple(Part(f"p{at}", levels={needs[at // 20]: 4}) for at in range(40))
    wide = System(parts, tuple(Link(f"p{at}", f"p{at + 20}", kind="listening") for at in range(20)))
    assert drawing.sketch(boundary.draw(wide)).width > line_chart.WIDEST
    assert line_chart.figure(boundary.draw(wide)).layout.width == line_chart.WIDEST


def test_what_a_user_wrote_is_no_markup(uber: Line):
    evil = uber.system.change("ride", title="<a href='javascript:x'>y</a>")
    figure = line_chart.figure(boundary.draw(evil, uber.knowledge))
    texts = [note.text for note in figure.layout.annotations] + [trace.text for trace in figure.data[:-1]]
    assert not [text for text in texts if "<a" in text]
    assert any("&lt;a href=" in text for text in texts)


def test_what_is_too_large_to_draw_has_no_figure():
    parts = tuple(Part(f"p{at}", levels={("strict_ordering", "fanout_extensibility")[at % 2]: 4}) for at in range(120))
    links = tuple(Link(f"p{at}", f"p{at + 1}", kind="listening") for at in range(119))
    assert line_chart.figure(boundary.draw(System(parts, links))) is None
