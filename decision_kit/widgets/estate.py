"""Controls of the portfolio notebook: load a table of workflows, see what it tells, drill in, carry over, export."""

import functools
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import ipywidgets as w

from decision_kit import charts, estate, extras, files, panels, records
from decision_kit.errors import InputError
from decision_kit.estate import Counts, report, table_files, wording
from decision_kit.estate import panels as estate_panels
from decision_kit.evaluation import evaluate
from decision_kit.keeper import Keeper
from decision_kit.portfolio import outcomes
from decision_kit.widgets.controls import AGAIN, Board, broad, form, named, picture, stacked

FOLDER = "portfolios"
"""Where a person's tables lie in their folder, and where exports go."""
OFFERED = 50
"""Most workflows in the list to choose one from."""
VALUES = 200
"""Most groups in a list to choose one from."""


class Survey(Board):
    """A table of workflows, those of them that are chosen, and one to look at."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.sample = files.shipped("data") / "examples" / "portfolio.csv"
        self.about, self.said, self.chosen_said = w.HTML(), w.HTML(), w.HTML()
        self.overview, self.by_group, self.legend = w.HTML(), w.HTML(), w.HTML()
        self.drawn, self.drawn_groups = w.Output(), w.Output()
        self.lists = {kind: w.HTML() for kind in ("wrong", "fragile", "misfit")}
        self.offered_said, self.today, self.verdict, self.reasons = w.HTML(), w.HTML(), w.HTML(), w.HTML()
        self.drawn_reasons, self.carried, self.written = broad(), w.HTML(), w.HTML()
        self._exported: dict[str, str] = {}  # what was written last, by the ending of its name
        self._own = self._tables()
        newest = max(self._own, key=lambda path: path.stat().st_mtime, default=self.sample)
        if not self.attempt(lambda: self.open(newest)):
            self.about.value = self.message.value
            self.open(self.sample)

    # -- what a person does ------------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Take another table."""
        state = _state(path)
        try:
            self.whole = estate.look(table_files.read(path), self.knowledge)
        except InputError as error:
            raise InputError(str(error) if str(error).startswith(str(path)) else f"{path}: {error}") from None
        self.path, self._read, self.written.value = path, state, ""
        self._exported = {}
        self.column = next(iter(self.whole.groups), "")
        put = f"Tables of your own go into {(self.folder / FOLDER).resolve()}; then press “{AGAIN}”."
        self.said.value = estate_panels.source(wording.source(self.whole, sample=path == self.sample), put)
        self._choose({}, "")

    def read_again(self) -> None:
        """Read the folder and the table again, which may have changed since."""
        self._own = self._tables()
        self.refresh_controls()
        try:
            if _state(self.path) != self._read:
                self.open(self.path)
                self.about.value = ""
        except InputError as error:
            self.about.value = panels.message(f"{error} What is shown was read before.")

    def choose(self, column: str, *text: str) -> None:
        """Keep the workflows with this text in a column; without one those with any."""
        others = {name: kept for name, kept in self.choices.items() if name != column}
        self._choose({**others, column: text[0]} if text else others, self.words)

    def group_by(self, column: str) -> None:
        """Group by another column."""
        self.column = column
        self._show_groups()

    def find(self, words: str) -> None:
        """Offer the workflows with some words, or the one of a row."""
        row = int(words) if words.strip().isdecimal() else 0
        found = self.shown if row in self.shown.table.index else self.shown.only({}, words)
        if found.table.empty:
            raise InputError(f"No workflow that is chosen above has “{wording.short(words)}” in its texts.")
        self.offered = [self.shown.one(row)] if row in self.shown.table.index else found.ranked(OFFERED)
        number = 1 if len(self.offered) == 1 else len(found.table)
        self.offered_said.value = panels.sentence(wording.offered(len(self.offered), number))
        self.wanted = words
        self.drill(self.offered[0].row)
        self.refresh_controls()

    def drill(self, row: int) -> None:
        """Look at one workflow."""
        self.row = row
        self.carried.value = self.verdict.value = self.reasons.value = ""
        self.drawn_reasons.outputs = ()
        try:
            evaluation = evaluate(self.shown.decision(row), self.knowledge)
        except InputError as error:  # a cell that is not allowed; the others of the table can be looked at
            self.today.value = panels.message(str(error))
            return
        self.today.value = estate_panels.today(self.shown.one(row), self.knowledge)
        self.verdict.value = panels.verdict(evaluation)
        self.reasons.value = panels.reasons(evaluation)
        if evaluation.verdict.first:
            self.drawn_reasons.outputs = picture(charts.for_and_against(evaluation))

    def carry(self) -> None:
        """Keep the workflow that is looked at as a decision of its own."""
        table = wording.table(self.path.name, sample=self.path == self.sample)
        decision = self.shown.decision(self.row, table)
        keeper = Keeper()
        keeper.save_new(decision, self.folder / "decisions", records.slug(decision.name))
        (choice,) = named([keeper.path])
        self.carried.value = estate_panels.carried(keeper.path, choice)

    def export(self, ending: str) -> None:
        """Write the scored table, or the report, of what is chosen."""
        stem = "sample" if self.path == self.sample else self.path.stem.removesuffix("-scored")
        if ending == ".html":
            path = self._free(f"{stem}-report", ending)
            title = "the sample of made-up workflows" if self.path == self.sample else self.path.name
            chosen = wording.chosen(self.shown, len(self.whole.table), self.choices, self.words)
            notes = [wording.source(self.whole, sample=self.path == self.sample), chosen]
            files.replace(path, report.html(self.shown, title, date.today().isoformat(), notes))
        else:
            path = self._free(f"{stem}-scored", ending)
            table_files.write(self.shown.table, path)
            self.read_again()
        # The last comes first; the link to what was written before it stays.
        self._exported = {ending: estate_panels.exported(path, len(self.shown.table))} | {
            kind: told for kind, told in self._exported.items() if kind != ending
        }
        self.written.value = "".join(self._exported.values())

    def _free(self, stem: str, ending: str) -> Path:
        folder = self.folder / FOLDER
        return folder / f"{next(files.free(folder, stem, ending))}{ending}"

    # -- what is shown -----------------------------------------------------------------------------------------

    def _tables(self) -> list[Path]:
        folder = self.folder / FOLDER
        return sorted(path for path in folder.glob("*") if path.suffix.lower() in table_files.ENDINGS)

    def _choose(self, choices: dict[str, str], words: str) -> None:
        chosen = self.whole.only(choices, words)
        told = wording.chosen(chosen, len(self.whole.table), choices, words)
        if chosen.table.empty:
            raise InputError(f"{told} What was chosen before stays.")
        self.shown, self.choices, self.words = chosen, choices, words
        self.chosen_said.value = panels.sentence(told)
        self._show()

    def _show(self) -> None:
        self.legend.value = estate_panels.legend(self.shown)
        self.overview.value = estate_panels.overview(self.shown)
        self.drawn.outputs = self._bars({"All": self.shown.counts})
        for kind, html in self.lists.items():
            html.value = estate_panels.listing(self.shown, kind)
        self._show_groups()
        self.find("")

    def _show_groups(self) -> None:
        found = self.shown.by(self.column) if self.column else {}
        self.by_group.value = estate_panels.groups(self.shown, self.column, found)
        self.drawn_groups.outputs = self._bars(wording.top(found, estate_panels.MOST))

    def _bars(self, groups: dict[str, Counts]) -> tuple[dict[str, object], ...]:
        parts = [
            (outcomes.title(kind, self.knowledge), colour, [counts.outcomes[kind] for counts in groups.values()])
            for kind, colour in wording.colours(self.knowledge).items()
        ]
        return picture(charts.stacked(list(groups), parts, "workflows")) if groups else ()

    # -- controls ----------------------------------------------------------------------------------------------

    @functools.cached_property
    def chooser(self) -> w.Widget:
        """Choose the table, and which of its workflows."""

        def tables() -> Iterable[tuple[str, Path]]:
            mine = dict.fromkeys(path for path in (*self._own, self.path) if path != self.sample)
            return [("The sample: made-up workflows", self.sample), *((path.name, path) for path in mine)]

        table = self.choice(stacked("Which table?", w.Dropdown()), tables, lambda: self.path, self.open)
        words = stacked(
            "Which word occurs in its name or group?",
            w.Text(continuous_update=False, placeholder="For instance: refund card; then press Enter"),
        )
        self.bind(words, lambda: self.words, lambda text: self._choose(self.choices, text))
        return form(
            self.head,
            self.warning,
            self.about,
            self.message,
            table,
            self.said,
            self.again,
            w.HTML(estate_panels.needed(self.knowledge)),
            w.HBox([self._values(0), self._values(1)]),
            words,
            self.chosen_said,
        )

    @functools.cached_property
    def outcomes(self) -> w.Widget:
        """Show what fits the workflows best."""
        return w.VBox([self.head, self.legend, self.drawn, self.overview])

    @functools.cached_property
    def groups(self) -> w.Widget:
        """Show the figures by team, domain or another column."""
        column = self.choice(
            stacked("Group by", w.Dropdown()),
            lambda: [(wording.short(name), name) for name in self.whole.groups],
            lambda: self.column or None,
            self.group_by,
        )
        return w.VBox([form(self.head, column, self.legend), self.drawn_groups, self.by_group])

    @functools.cached_property
    def wrong(self) -> w.Widget:
        """Show what runs on another model than fits best."""
        return w.VBox([self.head, self.lists["wrong"]])

    @functools.cached_property
    def standing_out(self) -> w.Widget:
        """Show the most fragile and the most misfit ones."""
        return w.VBox([self.head, self.lists["fragile"], self.lists["misfit"]])

    @functools.cached_property
    def one(self) -> w.Widget:
        """Look at one workflow, and carry it over."""
        words = stacked(
            "Find a workflow by words or by its row",
            w.Text(continuous_update=False, placeholder="For instance: refund, or 348; then press Enter"),
        )
        words.add_class("dk-chosen")  # where a name that is pressed in a list goes
        self.bind(words, lambda: self.wanted, self.find)
        choice = self.choice(
            stacked("Workflow", w.Dropdown()),
            lambda: [(wording.named(workflow), workflow.row) for workflow in self.offered],
            lambda: self.row,
            self.drill,
        )
        carry = self.button("Carry it into 1_decide as a decision", self.carry, "primary")
        return w.VBox(
            [
                form(self.head, self.message, words, choice, self.offered_said, self.today, carry, self.carried),
                self.verdict,
                self.drawn_reasons,
                self.reasons,
            ]
        )

    @functools.cached_property
    def exports(self) -> w.Widget:
        """Write the scored table and the report."""
        buttons = [
            self.button(text, functools.partial(self.export, ending), style)
            for text, ending, style in (
                ("Write the report", ".html", "primary"),
                ("Write the table as CSV", ".csv", ""),
                ("Write the table as Parquet", ".parquet", ""),
            )
        ]
        lacking = w.HTML()

        def offer_parquet() -> None:
            there = extras.there(table_files.PARQUET)
            buttons[-1].layout.display = None if there else "none"
            lacking.value = panels.sentence("" if there else wording.lacking(table_files.PARQUET))

        self.keep_up(offer_parquet)
        said = w.HTML(panels.sentence(wording.EXPORTS))
        return form(self.head, self.message, said, w.HBox(buttons), lacking, self.written)

    def _values(self, place: int) -> w.Widget:
        """Make a choice of one group of the first or second column of groups."""
        control = stacked("Which?", w.Dropdown())
        control.layout.width = "50%"

        def column() -> str:
            return self.whole.heads[place] if place < len(self.whole.heads) else ""

        def head() -> None:
            control.layout.display = None if column() else "none"
            control.description = f"Which {wording.short(column())}?"

        def texts() -> list[tuple[str, tuple[str, ...]]]:
            counts = list(self.whole.by(column()).items())[:VALUES] if column() else []
            return [("all", ()), *((f"{wording.group(text)} ({n.workflows:,})", (text,)) for text, n in counts)]

        def chosen() -> tuple[str, ...]:
            return (self.choices[column()],) if column() in self.choices else ()

        self.keep_up(head)
        return self.choice(control, texts, chosen, lambda text: self.choose(column(), *text))


survey = Survey.of
"""The one survey of a folder, as the notebook calls it."""


def _state(path: Path) -> tuple[int, int]:
    """Tell one state of a file from another."""
    try:
        stat = path.stat()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({files.reason(error)}).") from None
    return stat.st_mtime_ns, stat.st_size
