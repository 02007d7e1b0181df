"""Controls of the boundary notebook: see the line through a system, move parts, answers, links and rules, keep it.

Nothing here changes the tables that a system is read from; what was moved can be kept as a new pair of them.
"""

import functools
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets as w

from decision_kit import files, panels, records
from decision_kit import knowledge as knowledge_folder
from decision_kit.boundaries import boundary, boundary_wording, into_decision, line_panels, moves, system
from decision_kit.boundaries import rules as published
from decision_kit.boundaries.boundary import Line
from decision_kit.boundaries.system import System
from decision_kit.decision import Decision
from decision_kit.errors import InputError
from decision_kit.grammar import several
from decision_kit.keeper import Keeper
from decision_kit.widgets import system_files
from decision_kit.widgets.controls import AGAIN, WIDE, Board, form, named, picture, stacked, tick

NOT_ANSWERED = -1
"""Stands for no level in a list of levels."""
CAUGHT_UP = " The tables were changed elsewhere; what is moved is moved in what they hold now."
"""Follows what was made of a system, where its tables were found to hold something else than what was read of them."""
NEW = Path()
"""Stands for a decision that is still to be made."""


class Easel(Board):
    """One system with the line through it, and a copy of it in which things are moved."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        try:
            self.made = system.sides(self.knowledge)
        except InputError as error:
            self.knowledge = knowledge_folder.load()
            self.made = system.sides(self.knowledge)
            self.warning.value += panels.message(f"{error} The knowledge shipped with the kit is used here.")
        self.rules = published.of(self.knowledge).rules
        self.drawn, self.tables, self.moved, self.costs, self.ruled = (w.HTML() for _ in range(5))
        self.held, self.bridges, self.begun, self.kept, self.put_in, self.lost = (w.HTML() for _ in range(6))
        self.picture = w.Output().add_class("dk-picture")
        self.path = system_files.newest(self.folder) or next(iter(system_files.examples().values()))
        self.before = self.line = boundary.draw(System((system.Part("nothing", "Nothing yet"),)), self.knowledge)
        self.asked, self.opened = self.path, False
        self.part, self.need, self.link = "nothing", next(iter(self.knowledge.requirements)), -1
        self.target = NEW
        self.attempt(lambda: self.open(self.path))

    # -- what a change does ------------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Take another system, from the table of its parts and that of its links beside it."""
        self.asked = path
        read = self._read(path)
        self.before, self.path, self.opened = boundary.draw(read, self.knowledge), path, True
        self.part, self.link = _most_telling(self.before)
        self.need = next(iter(read.part(self.part).levels), self.need)
        self.take(self.before)

    def read_again(self) -> None:
        """Read the tables that were asked for last again; what was moved stays moved, and what cannot is told."""
        self.refresh_controls()
        if self.asked != self.path:
            self.open(self.asked)
        else:
            self._catch_up()

    def take(self, line: Line) -> None:
        """Show a line."""
        self.line = line
        # What was told of another system goes before this one is shown, which may take a while.
        self.begun.value = self.kept.value = self.put_in.value = self.lost.value = self.message.value = ""
        self.moved.value = line_panels.moved(self.before, line)
        self.drawn.value = line_panels.line(line)
        self.tables.value = line_panels.tables(line)
        self.costs.value = line_panels.costs(line)
        self.ruled.value = line_panels.rules(line)
        self.held.value = line_panels.held(line, self.part)
        self.bridges.value = line_panels.bridges(line)
        self._draw()
        self.refresh_controls()

    def change(self, changed: System) -> None:
        """Draw the line through the system with something moved."""
        self.take(boundary.draw(changed, self.knowledge))

    def fix(self, model: str) -> None:
        """Fix the chosen part to a model, or free it with an empty one."""
        self.change(self.line.system.change(self.part, model=model))

    def answer(self, level: int) -> None:
        """Move the chosen answer of the chosen part."""
        levels = {name: now for name, now in self.line.system.part(self.part).levels.items() if name != self.need}
        levels |= {} if level == NOT_ANSWERED else {self.need: level}
        self.change(self.line.system.change(self.part, levels=levels))

    def relink(self, kind: str) -> None:
        """Say whether the chosen link is awaited."""
        if self.link < 0:
            raise InputError("This system has no link whose kind could be moved.")
        links = list(self.line.system.links)
        links[self.link] = replace(links[self.link], kind=kind)
        self.change(replace(self.line.system, links=tuple(links)))

    def switch(self, rule: str, *, on: bool) -> None:
        """Switch a published rule on or off."""
        off = {*self.line.system.without, rule} - ({rule} if on else set())
        self.change(replace(self.line.system, without=tuple(name for name in published.RULES if name in off)))

    def choose(self, **chosen: Any) -> None:
        """Choose a part, a need or a link to look at or to move."""
        for name, value in chosen.items():
            setattr(self, name, value)
        levels = self.line.system.part(self.part).levels
        if "part" in chosen and levels and self.need not in levels:
            self.need = next(iter(levels))
        self.held.value = line_panels.held(self.line, self.part)
        self.refresh_controls()

    def begin(self) -> None:
        """Copy the template under a free name, to be filled by hand."""
        folder = files.shipped("data") / "templates"
        path = system_files.write(
            self.folder, "my-system", *(files.read_text(folder / name) for name in ("parts.csv", "links.csv"))
        )
        self.open(path)
        self.begun.value = panels.done(
            f"The template is copied to {path} and {system_files.links(path).name} beside it. Fill both in a "
            f"spreadsheet program or an editor, save them as CSV, and press “{AGAIN}”."
        )

    def keep(self) -> None:
        """Save the system as it is moved as a new pair of tables; it is moved in what the tables hold by now."""
        since = self._since()
        off = " Rules that are switched off stand in no table." if self.line.system.without else ""
        now, before = (system.to_csv(each, self.knowledge) for each in (self.line.system, self.before.system))
        if now == before:
            raise InputError(f"Nothing is moved yet, so nothing is saved.{off}")
        path = system_files.write(self.folder, f"{system_files.stem(self.path)}{system_files.MOVED}", *now)
        self.kept.value = panels.done(f"Saved as {path} and {system_files.links(path).name} beside it.{since}{off}")
        self.refresh_controls()

    def put(self, path: Path, *, instead: bool = False) -> None:
        """Put the system, as it is moved, into a decision or a new one; over another system only if that is said."""
        since, keeper = self._since(), Keeper()
        if path == NEW:
            name = system_files.title(self.path)
            core, reactions = boundary_wording.lists(self.line)
            decision = Decision(name, core=core, reactions=reactions)
        elif not path.exists():
            self.refresh_controls()
            raise InputError(f"{path} is gone: it was removed or renamed elsewhere. Choose another, or a new one.")
        else:
            decision = keeper.open(path)
            if decision.system not in (None, self.line.system) and not instead:
                raise InputError(f"{path}: holds another system already; tick the box to put this one in its place.")
        decision, lists = into_decision.put(self.line, decision)
        if path == NEW:
            keeper.save_new(decision, self.folder / "decisions", records.slug(name))
        else:
            keeper.save(decision)
        self.put_in.value = panels.done(
            f"{keeper.path} holds this boundary now. Open it in 1_decide, answer what is open, and export: record "
            f"and report say where the boundary runs.{f' {lists}' if lists else ''}{since}"
        )
        self.refresh_controls()

    def _catch_up(self) -> None:
        """Take what the tables hold by now, with the same moved in it."""
        read = self._read(self.path)
        if read == self.before.system:
            return
        moved, lost = moves.again(self.before.system, self.line.system, read)
        part, need = self.part, self.need
        before, line = (boundary.draw(each, self.knowledge) for each in (read, moved))
        self.before, self.opened = before, True
        self.part, self.link = _most_telling(before)
        if part in read.place:
            self.part, self.need = part, need
        self.take(line)
        if lost:
            self.lost.value = panels.message(
                f"Not moved any more, as it does not fit the tables as they are now: {several(lost)}."
            )

    def _since(self) -> str:
        """Take what the tables hold by now before something is made of them, and say so where that is another thing."""
        before = self.before
        try:
            self._catch_up()
        except InputError as error:
            if not self.opened:
                raise
            return f" {error}"
        return "" if self.before is before else CAUGHT_UP

    def _read(self, path: Path) -> System:
        """Read a system; where its tables hold mistakes, say also what is shown meanwhile."""
        try:
            return system.load(path, system_files.links(path), self.knowledge)
        except InputError as error:
            shown = {place: name for name, place in self._systems().items()}.get(
                self.path, system_files.stem(self.path)
            )
            before = ", as it was read before" if path == self.path else ""
            still = f"Still shown is {shown}{before}." if self.opened else "No system is shown until this is mended."
            raise InputError(f"{error} {still}") from None

    def _systems(self) -> dict[str, Path]:
        return system_files.own(self.folder) | system_files.examples()

    def _draw(self) -> None:
        from decision_kit.boundaries import line_chart  # noqa: PLC0415 - plotly takes a while

        figure = line_chart.figure(self.line) if self.line.answered else None
        self.picture.outputs = picture(figure) if figure else ()

    # -- controls ----------------------------------------------------------------------------------------------

    @functools.cached_property
    def chooser(self) -> w.Widget:
        """Choose the system: one's own or an example; or begin one's own from the template."""
        control = w.Dropdown(description="System", style={"description_width": "100px"}, layout=WIDE)
        where = (
            f"Your own systems lie in {(self.folder / system_files.FOLDER).resolve()}, each as two tables: "
            "NAME.parts.csv and NAME.links.csv. Recorded OpenTelemetry spans become two such tables by the command "
            f"decision-kit summarize SPANS --to FOLDER; put them there under these names and press “{AGAIN}”."
        )

        def shown() -> Path | None:
            return self.path if self.path in self._systems().values() else None  # it may be gone by now

        return form(
            self.head,
            self.warning,
            self.message,
            self.choice(control, lambda: self._systems().items(), shown, self.open),
            self.button("Begin my own system from the template", self.begin),
            self.again,
            self.lost,
            w.HTML(panels.sentence(where)),
            self.begun,
            w.HTML(line_panels.columns(self.knowledge)),
        )

    @functools.cached_property
    def mover(self) -> w.Widget:
        """Show the line, and move a part, an answer or a link."""
        part = self._part_list("Move this part")
        models = [self.knowledge.models[model] for model in (self.made.core, self.made.reactions)]
        sides = [("where it costs least", ""), *((f"fixed to {model.title}", model.id) for model in models)]
        side = stacked("to this side", w.Dropdown(options=sides))
        self.bind(side, lambda: self.line.system.part(self.part).model, self.fix)
        asked = {requirement.title: requirement.id for requirement in self.knowledge.requirements.values()}
        need = stacked("or this answer of the part", w.Dropdown(options=asked))
        self.bind(need, lambda: self.need, lambda value: self.choose(need=value))
        level = self.choice(stacked("to this level", w.Dropdown()), self._levels, self._level, self.answer)
        link = stacked("or this link", w.Dropdown())
        self.choice(link, self._links, lambda: self.link, lambda value: self.choose(link=value))
        kinds = [("awaited", system.AWAITED), ("listening", system.LISTENING), ("not said", "")]
        kind = stacked("to this kind", w.Dropdown(options=kinds))
        self.bind(kind, self._kind, self.relink)
        pairs = ((part, side), (need, level), (link, kind))
        columns = w.HBox([w.VBox(pair, layout=w.Layout(width="33%", min_width="0")) for pair in pairs])
        back = self.button("Take all moves back", lambda: self.take(self.before))
        moving = form(self.drawn, columns.add_class("dk-columns"), back, self.lost, self.moved)
        return w.VBox([self.head, self.message, moving, self.picture, self.tables])

    @functools.cached_property
    def price(self) -> w.Widget:
        """Show what the line costs, and what else would."""
        return form(self.head, self.costs)

    @functools.cached_property
    def ruler(self) -> w.Widget:
        """Switch the published rules on and off."""
        switches: list[w.Widget] = []
        for rule in self.rules:
            box = self.bind(
                tick(f"{rule.title} ({rule.id})"),
                lambda name=rule.id: name not in self.line.system.without,
                lambda on, name=rule.id: self.switch(name, on=on),
            )
            switches += [box, w.HTML(line_panels.rule(self.line, rule))]
        return form(self.head, self.message, *switches, self.ruled)

    @functools.cached_property
    def why(self) -> w.Widget:
        """Say of one part why it lies on its side."""
        return form(self.head, self.message, self._part_list("Why does this part lie where it lies?"), self.held)

    @functools.cached_property
    def builder(self) -> w.Widget:
        """Say what to build at each crossing."""
        return form(self.head, self.bridges)

    @functools.cached_property
    def keeper(self) -> w.Widget:
        """Keep what was moved, or put it into a decision."""
        control = stacked("Into which decision?", w.Dropdown())
        instead = tick("In place of the system that the decision holds already")
        self.choice(
            control,
            lambda: [("a new one", NEW), *named(self.decisions()).items()],
            lambda: self.target if self.target in (NEW, *self.decisions()) else None,  # it may be gone by now
            lambda path: self.choose(target=path),
        )

        def put() -> None:
            self.put(self.target, instead=instead.value)
            instead.value = False  # it was said of this one system

        return form(
            self.head,
            self.message,
            self.button("Save the system as it is moved", self.keep),
            self.kept,
            control,
            instead,
            self.button("Put this boundary into the decision", put),
            self.put_in,
        )

    def _part_list(self, label: str) -> w.Widget:
        return self.choice(
            stacked(label, w.Dropdown()),
            lambda: _told_apart([(part.name, part.id) for part in self.line.system.parts]),
            lambda: self.part,
            lambda value: self.choose(part=value),
        )

    def _levels(self) -> list[tuple[str, int]]:
        levels = enumerate(self.knowledge.requirements[self.need].levels)
        return [("not answered", NOT_ANSWERED), *((f"{level}: {text}", level) for level, text in levels)]

    def _level(self) -> int:
        return self.line.system.part(self.part).levels.get(self.need, NOT_ANSWERED)

    def _links(self) -> list[tuple[str, int]]:
        names = {part.id: part.name for part in self.line.system.parts}
        links = enumerate(self.line.system.links)
        told = [(f"{names[link.start]} → {names[link.end]}", at) for at, link in links]
        return _told_apart(told) or [("no link", -1)]

    def _kind(self) -> str:
        return "" if self.link < 0 else self.line.system.links[self.link].kind


easel = Easel.of
"""The one easel of a folder, as the notebook calls it."""


def _told_apart(items: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Name items of one name also by what they are."""
    count = Counter(name for name, _ in items)
    return [(name if count[name] == 1 else f"{name} ({item})", item) for name, item in items]


def _most_telling(line: Line) -> tuple[str, int]:
    """Choose a part and a link to begin with: the nearest to changing sides, and the dearest that is crossed."""
    part = next(iter(line.nearest), line.system.parts[0].id)
    link = line.links.index(line.crossed[0]) if line.crossed else min(0, len(line.links) - 1)
    return part, link
