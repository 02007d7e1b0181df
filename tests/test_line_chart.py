"""The figure of a line: the picture that record and report hold, more on what the mouse rests on, no text that runs."""

from urllib.parse import unquote

import pytest
from conftest import EXAMPLES

from decision_kit import knowledge
from decision_kit.boundaries import boundary, drawing, layers, line_chart, system
from decision_kit.boundaries.boundary import Line
from decision_kit.boundaries.system import Link, Part, System


@pytest.fixture(scope="module")
def uber() -> Line:
    known = knowledge.load()
    tables = (EXAMPLES / f"uber-rides.{name}.csv" for name in ("parts", "links"))
    return boundary.draw(system.load(*tables, known), known)


def test_every_part_tells_its_model_what_it_costs_and_how_near_it_is(uber: Line):
    told = {area.text.split("<br>")[0]: area.text for area in line_chart.figure(uber).data}
    assert told["<b>Ride flow</b>"] == (
        "<b>Ride flow</b><br>Orchestration<br>costs 76.3 and pays 11.5 for the boundary<br>"
        "on the other side all would cost 40.2 more"
    )
    assert sum(name.startswith("<b>") for name in told) == 8
    links = [link for text in told.values() if not text.startswith("<b>") for link in text.split("<br>")]
    assert sorted(links) == sorted(uber.system.named(joint.link) for joint in uber.crossed)


def test_the_mouse_finds_a_part_where_its_box_is_drawn(uber: Line):
    sketch, figure = drawing.sketch(uber), line_chart.figure(uber)
    (image,) = figure.layout.images
    assert unquote(image.source.partition(",")[2]) == drawing.svg(uber)
    assert (image.x, image.y, image.sizex, image.sizey) == drawing.frame(sketch)
    assert figure.layout.xaxis.range == (image.x, image.x + image.sizex)
    assert figure.layout.yaxis.range == (image.y + image.sizey, image.y)
    for box, area in zip(sketch.boxes, figure.data, strict=False):
        assert (sum(area.x) / 4, sum(area.y) / 4) == pytest.approx((box.x, box.y))
        assert max(area.x) - min(area.x) == layers.BOX


def test_it_is_as_large_as_the_picture_and_no_wider_than_the_page(uber: Line):
    sketch, figure = drawing.sketch(uber), line_chart.figure(uber)
    assert (figure.layout.width, figure.layout.height) == drawing.frame(sketch)[2:]
    needs = ("strict_ordering", "fanout_extensibility")
    parts = tuple(Part(f"p{at}", levels={needs[at // 20]: 4}) for at in range(40))
    wide = boundary.draw(System(parts, tuple(Link(f"p{at}", f"p{at + 20}", kind="listening") for at in range(20))))
    assert drawing.sketch(wide).width > line_chart.WIDEST
    figure, (*_, width, height) = line_chart.figure(wide), drawing.frame(drawing.sketch(wide))
    assert (figure.layout.width, figure.layout.height) == pytest.approx((1100, height * 1100 / width))


def test_what_a_user_wrote_is_no_markup(uber: Line):
    evil = uber.system.change("ride", title="<a href='javascript:x'>y</a>")
    figure = line_chart.figure(boundary.draw(evil, uber.knowledge))
    texts = [unquote(figure.layout.images[0].source), *(area.text for area in figure.data)]
    assert not [text for text in texts if "<a" in text]
    assert all(any("&lt;a href=" in text for text in some) for some in (texts[:1], texts[1:]))


def test_what_is_too_large_to_draw_has_no_figure():
    parts = tuple(Part(f"p{at}", levels={("strict_ordering", "fanout_extensibility")[at % 2]: 4}) for at in range(120))
    links = tuple(Link(f"p{at}", f"p{at + 1}", kind="listening") for at in range(119))
    assert line_chart.figure(boundary.draw(System(parts, links))) is None
