"""The dialog that writes a decision's records: its status and people, where to, in which layout, with a preview."""

from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as w

from decision_kit import panels, records, wording
from decision_kit.decision import STATUSES
from decision_kit.errors import InputError
from decision_kit.formats import ENDINGS
from decision_kit.widgets.controls import LABEL, WIDE, form, stacked, tick
from decision_kit.widgets.day import Day

if TYPE_CHECKING:
    from decision_kit.widgets.decide import Desk

LAYOUTS = [
    ("MADR 4, which most readers take", "madr"),
    ("Nygard's, as adr-tools writes it", "nygard"),
    ("MADR 2, for ADR Manager", "madr2"),
]
"""The layouts of the record in Markdown, in words."""

PEOPLE = {"deciders": "Who decides?", "consulted": "Who was asked?", "informed": "Who is told?"}

CHOICE = "dk-choice"
"""The class of the part that asks what is chosen, and why."""


def dialog(desk: "Desk") -> w.Widget:
    """Make the dialog of one desk."""
    shown, written = w.HTML(), w.HTML()
    folder = w.Text(value="records", description="Folder", style=LABEL, layout=WIDE, continuous_update=False)
    number = w.Text(description="Number", style=LABEL, continuous_update=False)
    layout = w.Dropdown(options=LAYOUTS, description="Layout", style=LABEL, layout=WIDE)
    paper = tick("Also as PDF (or print the report in the browser)")
    days = (Day(desk, "date", "Date"), Day(desk, "review", "Review on", ", or leave it empty for none"))
    old = w.Dropdown(description="Takes the place of", style={"description_width": "120px"}, layout=WIDE)

    def where() -> Path:
        return desk.folder / Path(folder.value.strip() or "records").expanduser()

    def chosen() -> int | None:
        text = number.value.strip()
        if text and not text.isdecimal():
            raise InputError(f"number: {text[:60]} is not a whole number; leave it empty for the next free one.")
        return int(text) if text else None

    def check_days() -> None:
        for day in days:
            day.check()

    def refresh() -> None:
        shown.value = ""
        stems = [stem for stem in records.stems(where()) if (where() / f"{stem}{ENDINGS['json']}").is_file()]
        number.placeholder = f"next free: {records.next_number(where())}"
        offered = [("no other record", ""), *((stem, stem) for stem in stems)]
        desk.offer(old, offered, old.value if old.value in stems else "")

    def preview() -> None:
        check_days()
        shown.value = panels.preview(records.preview(desk.evaluation, where(), layout.value, chosen()))

    def write() -> None:
        if wording.ask_why(desk.evaluation):
            desk.bring(CHOICE)  # where it can be said; that it is missing is told by what follows
        written.value = ""
        check_days()
        formats = [layout.value, "html", *(["pdf"] if paper.value else []), "json"]
        before = where() / f"{old.value}{ENDINGS['json']}" if old.value else None
        paths = records.export(desk.evaluation, where(), formats, number=chosen(), supersedes=before)
        refresh()
        number.value, old.value = "", ""
        written.value = panels.exported(desk.evaluation, paths)

    desk.attempt(refresh)
    folder.observe(lambda _: desk.attempt(refresh), "value")
    desk.refreshers.append(lambda: setattr(shown, "value", ""))  # a preview of other answers would mislead
    status = desk.field(w.Dropdown(options=STATUSES, description="Status", style=LABEL), "status")
    models = [("what is recommended", ""), *((model.title, model.id) for model in desk.knowledge.models.values())]
    chosen_model = desk.field(stacked("What do you choose?", w.Dropdown(options=models)), "chosen")
    why = stacked("Why? (needed where it is not what is recommended)", w.Textarea())
    because = desk.field(why, "because", typed=True)
    buttons = [
        desk.button("Preview the record", preview, busy="Writing the preview…"),
        desk.button("Export the records", write, "primary", "Writing the records…"),
    ]
    return form(
        desk.head,
        form(desk.message, desk.saving.panel, chosen_model, because).add_class(CHOICE),
        w.HBox([status, *(day.box for day in days)]),
        *(day.told for day in days),
        _lines(desk, "triggers", "What brings the review forward?", "One trigger a line, such as: the load doubles"),
        *(_lines(desk, name, label, "One name or group a line") for name, label in PEOPLE.items()),
        w.HBox([folder, number]),
        layout,
        old,
        paper,
        w.HBox(buttons),
        desk.message,
        written,
        shown,
    )


def _lines(desk: "Desk", name: str, label: str, hint: str) -> w.Widget:
    return desk.bind(
        stacked(label, w.Textarea(placeholder=hint)),
        lambda: "\n".join(getattr(desk.decision, name)),
        lambda text: desk.change(**{name: tuple(line.strip() for line in text.splitlines() if line.strip())}),
        typed=True,
    )
