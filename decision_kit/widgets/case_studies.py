"""Controls of the case notebook: browse cases, see pairs and moves, judge the voices, add a case of one's own."""

import functools
from pathlib import Path

import ipywidgets as w
from markupsafe import Markup

from decision_kit import backtest, cases, cases_wording, charts, files, panels, wording
from decision_kit.cases import Case
from decision_kit.errors import InputError
from decision_kit.evaluation import evaluate_file
from decision_kit.grammar import counted
from decision_kit.widgets.controls import LABEL, OWN_CASES, WIDE, Board, broad, form, named, picture, stacked


class Library(Board):
    """The documented cases and those of one's own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.own: tuple[Case, ...] = ()
        self.list, self.map_said, self.curve, self.added = w.HTML(), w.HTML(), w.HTML(), w.HTML()
        self.map = broad()
        self.model = self.need = self.publisher = self.word = ""
        self._filter()
        self.read_again()

    @property
    def known(self) -> tuple[Case, ...]:
        """The shipped cases and one's own."""
        return (*cases.of(self.knowledge), *self.own)

    def read_again(self) -> None:
        """Read the files of the folder again, which may have changed since."""
        before, self.own = self.own, self.usable_cases()
        self.refresh_controls()
        if self.own != before:  # every cell of the notebook comes here; the list and the map take a while
            self._filter()

    def _shown(self) -> list[Case]:
        return [
            case
            for case in self.known
            if self.model in ("", case.model)
            and self.publisher in ("", case.publisher_interest)
            and (not self.need or case.levels.get(self.need, 0) >= cases.REASON)
            and all(word in cases.told(case) for word in self.word.casefold().split())
        ]

    def _filter(self) -> None:
        shown = self._shown()
        self.list.value = panels.case_list(self.knowledge, shown, len(self.known))
        self.map.outputs = picture(charts.case_map(self.knowledge, shown)) if shown else ()
        told = (
            f"The map shows {counted(len(shown), 'case')}, as chosen above, one a row: O for orchestration, C "
            "for choreography, H for a hybrid. A number is how strongly the source names the need, from 0 (not needed) "
            "to 4 (the reason, or critical); empty means that it is silent. The list above holds the same as text."
            if shown
            else "No case is chosen above, so there is nothing to map; take a filter back."
        )
        self.map_said.value = Markup().join(
            map(panels.sentence, (told, *cases_wording.named_needs(self.knowledge, shown)))
        )

    def _choose(self, name: str, value: str) -> None:
        setattr(self, name, value)
        self._filter()

    @functools.cached_property
    def browser(self) -> w.Widget:
        """Browse and filter the cases."""
        models = [("any model", ""), *((model.title, model.id) for model in self.knowledge.models.values())]
        needs = [("any need", ""), *((r.title, r.id) for r in self.knowledge.requirements.values())]
        interests = sorted({case.publisher_interest for case in self.known if case.publisher_interest})
        publishers = [("anybody", ""), *((interest.replace("_", " "), interest) for interest in interests)]
        controls = [
            ("model", stacked("Which model did they choose?", w.Dropdown(options=models))),
            ("need", stacked("What was a reason (level 3 or 4)?", w.Dropdown(options=needs))),
            ("publisher", stacked("Who published it?", w.Dropdown(options=publishers))),
            (
                "word",
                stacked(
                    "Which word occurs?",
                    w.Text(continuous_update=False, placeholder="For instance: payment kafka; then press Enter"),
                ),
            ),
        ]
        for name, control in controls:
            self.bind(control, functools.partial(getattr, self, name), functools.partial(self._choose, name))
        return form(self.head, self.warning, self.message, *(control for _, control in controls), self.again, self.list)

    @functools.cached_property
    def case_map(self) -> w.Widget:
        """Map the chosen cases by requirement."""
        return w.VBox([self.head, self.map_said, self.map])

    @functools.cached_property
    def moves(self) -> w.Widget:
        """Show who moved, from what, to what, and why."""
        return w.VBox([self.head, w.HTML(panels.moves(self.knowledge, self.known))])

    @functools.cached_property
    def pairs(self) -> w.Widget:
        """Show the pairs that teach."""
        return w.VBox([self.head, w.HTML(panels.pairs(self.knowledge, cases.pairs(self.knowledge)))])

    @functools.cached_property
    def fears(self) -> w.Widget:
        """Show what was measured about the two great fears."""
        parts: list[w.Widget] = [self.head]
        for asked, question in (
            ("down", "What happens when the orchestrator is down? How long published incidents lasted"),
            ("found", "How long until the fault is found? Four faults in one study"),
        ):
            drawn = broad()
            drawn.outputs = picture(charts.hours(self.knowledge, asked))
            parts += [w.HTML(panels.heading(question)), drawn, w.HTML(panels.fears(self.knowledge, asked))]
        return w.VBox(parts)

    @functools.cached_property
    def backtest(self) -> w.Widget:
        """Judge the voices by the documented cases."""
        judged = backtest.run(cases.of(self.knowledge), self.knowledge)

        def learn() -> None:
            curve = backtest.learning_curve(self.knowledge, (5, 10, 15, 20, 25, 30), repeats=3)
            sizes = list(curve)
            more = "Yes, though less and less" if curve[sizes[-1]] < curve[sizes[0]] else "No"
            told = ", ".join(f"{error:.3f} with {size}" for size, error in curve.items())
            self.curve.value = panels.done(
                f"{more}: the error of both voices together (Brier score), by the number of organisations that they "
                f"learn from, is {told}."
            )

        return w.VBox(
            [
                self.head,
                w.HTML(panels.backtest(self.knowledge, judged)),
                self.button("Do more cases help?", learn, busy="Learning from fewer and fewer cases…"),
                self.curve,
            ]
        )

    @functools.cached_property
    def own_case(self) -> w.Widget:
        """Add a case of one's own, out of a decision that was carried out."""
        decision = w.Dropdown(description="Decision", style=LABEL, layout=WIDE)

        def chosen() -> Path | None:
            mine = self.decisions()
            if decision.value in mine:
                return decision.value
            return None if decision.options else next(iter(mine), None)  # none takes the place of one that is gone

        self.listing(decision, lambda: named(self.decisions()).items(), chosen)
        organisation = stacked("Which organisation?", w.Text())
        models = [(model.title, model.id) for model in self.knowledge.models.values()]
        model = stacked("What was built?", w.Dropdown(options=models, value=None))
        outcome = stacked("What did it get you?", w.Textarea(placeholder="With figures, if there are any"))

        def add() -> None:
            if decision.value is None and decision.options:
                raise InputError("No decision is chosen, as the one that was is gone; choose another.")
            if decision.value is None:
                raise InputError("There is no decision yet whose answers could be taken; answer one in 1_decide first.")
            if not organisation.value.strip():
                raise InputError("The organisation is missing; name the one that built it.")
            if model.value is None:
                raise InputError("What was built is missing; choose a model.")
            evaluation = evaluate_file(decision.value, self.knowledge)
            if evaluation.decision.status == "proposed":
                raise InputError("The decision is still proposed; set its status in 1_decide once it is carried out.")
            case = cases.from_decision(
                evaluation.decision, {case.id for case in self.known}, organisation.value, model.value, outcome.value
            )
            path = self.folder / OWN_CASES
            own = self.own_cases()
            if any((known.organisation, known.workflow) == (case.organisation, case.workflow) for known in own):
                raise InputError(
                    f"{case.organisation}, {case.workflow} is among your cases already; take its row out of {path} to "
                    "add it anew."
                )
            files.replace(path, cases.to_csv((*own, case), self.knowledge))
            self.read_again()
            unknown = [
                answer.requirement for answer in evaluation.decision.answers if answer.requirement not in case.levels
            ]
            self.added.value = panels.done(
                f"Added to {path}: {case.organisation}, {case.workflow}. It speaks in your other decisions "
                "when they are next opened or answered."
                + (f" Left unknown, as not one level: {wording.titles(unknown, self.knowledge)}." if unknown else "")
            )

        what = (
            "Take a decision of yours that was carried out: its answers become the case's needs. It is kept in "
            f"{OWN_CASES} in your folder and speaks in other decisions when they are next opened or answered."
        )
        return form(
            self.head,
            self.message,
            w.HTML(panels.sentence(what)),
            decision,
            organisation,
            model,
            outcome,
            self.button("Add it to my cases", add),
            self.added,
        )


library = Library.of
"""The one library of a folder, as the notebook calls it."""
