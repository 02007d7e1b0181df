"""Controls of the case notebook: browse cases, see pairs and moves, judge the voices, add a case of one's own."""

import functools
from dataclasses import replace
from pathlib import Path

import ipywidgets as w

from decision_kit import backtest, cases, charts, files, panels
from decision_kit.cases import Case
from decision_kit.errors import InputError
from decision_kit.evaluation import evaluate_file
from decision_kit.widgets.controls import LABEL, OWN_CASES, WIDE, Board, form, named, stacked


@functools.cache
def library(folder: str = ".") -> "Library":
    """Give the one library of a folder: running a cell again shows the same controls, not new ones.

    Parameters
    ----------
    folder : str
        Where ``decisions/`` and the file of one's own cases are kept; by default beside the notebook.

    Returns
    -------
    Library
    """
    return Library(Path(folder))


class Library(Board):
    """The documented cases and those of one's own.

    Parameters
    ----------
    folder : pathlib.Path
        Where ``decisions/`` and the file of one's own cases are kept.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.own: tuple[Case, ...] = ()
        self.attempt(self._read_own)
        self.list, self.map_said, self.curve, self.added = w.HTML(), w.HTML(), w.HTML(), w.HTML()
        self.map = w.Output()
        self.model: str | None = None
        self.need: str | None = None
        self.publisher: str | None = None
        self.word = ""
        self._filter()

    @property
    def known(self) -> tuple[Case, ...]:
        """The shipped cases and one's own."""
        return (*cases.of(self.knowledge), *self.own)

    def _read_own(self) -> None:
        self.own = self.own_cases()

    def _shown(self) -> list[Case]:
        return [
            case
            for case in self.known
            if self.model in (None, case.model)
            and self.publisher in (None, case.publisher_interest)
            and (self.need is None or case.levels.get(self.need, 0) >= cases.REASON)
            and self.word.casefold() in f"{case.organisation} {case.workflow} {case.summary} {case.sector}".casefold()
        ]

    def _filter(self) -> None:
        shown = self._shown()
        self.list.value = panels.case_list(self.knowledge, shown, len(self.known))
        self.map.outputs = _picture(charts.case_map(self.knowledge, shown)) if shown else ()
        self.map_said.value = panels.sentence(
            f"The map shows the {len(shown)} cases chosen above, one a row: O for orchestration, C for choreography, H "
            "for a hybrid. A number is how strongly the source names the need; empty means that it is silent. "
            "The list above holds the same as text."
        )

    def _choose(self, name: str, value: str | None) -> None:
        setattr(self, name, value)
        self._filter()

    @functools.cached_property
    def browser(self) -> w.Widget:
        """Browse and filter the cases."""
        models = [("any model", None), *((model.title, model.id) for model in self.knowledge.models.values())]
        needs = [("any need", None), *((r.title, r.id) for r in self.knowledge.requirements.values())]
        interests = sorted({case.publisher_interest for case in self.known if case.publisher_interest})
        publishers = [("anybody", None), *((interest.replace("_", " "), interest) for interest in interests)]
        controls = [
            ("model", stacked("Which model did they choose?", w.Dropdown(options=models))),
            ("need", stacked("What was a reason?", w.Dropdown(options=needs))),
            ("publisher", stacked("Who published it?", w.Dropdown(options=publishers))),
            (
                "word",
                stacked("Which word occurs?", w.Text(continuous_update=False, placeholder="For instance: payment")),
            ),
        ]
        for name, control in controls:
            self.bind(control, functools.partial(getattr, self, name), functools.partial(self._choose, name))
        return form([self.head, self.warning, self.message, *(control for _, control in controls), self.list])

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
        for picture, question in (
            ("down", "What happens when the orchestrator is down?"),
            ("found", "How long until the fault is found?"),
        ):
            drawn = w.Output()
            drawn.outputs = _picture(charts.hours(self.knowledge, picture))
            parts += [w.HTML(panels.heading(question)), drawn, w.HTML(panels.fears(self.knowledge, picture))]
        return w.VBox(parts)

    @functools.cached_property
    def backtest(self) -> w.Widget:
        """Judge the voices by the documented cases."""
        judged = backtest.run(cases.of(self.knowledge), self.knowledge)

        def learn() -> None:
            curve = backtest.learning_curve(self.knowledge, (5, 10, 15, 20, 25, 30), repeats=3)
            told = ", ".join(f"{error:.3f} with {size}" for size, error in curve.items())
            self.curve.value = panels.sentence(
                f"Brier score of both voices together by the number of organisations that teach: {told}."
            )

        return w.VBox(
            [
                self.head,
                w.HTML(panels.backtest(self.knowledge, judged)),
                self.button("How much do more cases help? (takes a while)", learn),
                self.curve,
            ]
        )

    @functools.cached_property
    def own_case(self) -> w.Widget:
        """Add a case of one's own, out of a decision that was carried out."""
        decision = w.Dropdown(options=named(self.decisions()), description="Decision", style=LABEL, layout=WIDE)
        organisation = stacked("Which organisation?", w.Text())
        models = [(model.title, model.id) for model in self.knowledge.models.values()]
        model = stacked("What was built?", w.Dropdown(options=models, value=None))
        outcome = stacked("What did it get you?", w.Textarea(placeholder="With figures, if there are any"))

        def add() -> None:
            if decision.value is None:
                raise InputError("There is no decision yet whose answers could be taken; answer one in 1_decide first.")
            if not organisation.value.strip():
                raise InputError("The organisation is missing; name the one that built it.")
            if model.value is None:
                raise InputError("What was built is missing; choose a model.")
            evaluation = evaluate_file(decision.value, self.knowledge)
            case = cases.from_decision(
                evaluation.decision, {case.id for case in self.known}, organisation.value, model.value, outcome.value
            )
            path = self.folder / OWN_CASES
            self._read_own()
            files.replace(path, cases.to_csv((*self.own, case), self.knowledge))
            self._read_own()
            self._filter()
            evaluation = replace(evaluation, own_cases=self.own)
            self.added.value = panels.saved(path) + panels.teams(evaluation)

        return form(
            [
                self.head,
                self.message,
                w.HTML(
                    panels.sentence(
                        "Take a decision of yours that was carried out: its answers become the case's needs. It is "
                        f"kept in {OWN_CASES} in your folder and speaks in the decision notebook from then on."
                    )
                ),
                decision,
                organisation,
                model,
                outcome,
                self.button("Add it to my cases", add),
                self.added,
            ]
        )


def _picture(figure: object) -> tuple[dict[str, object], ...]:
    return ({"output_type": "display_data", "data": charts.bundle(figure), "metadata": {}},)
