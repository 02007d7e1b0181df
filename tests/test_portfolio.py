"""Portfolios: every engine gives what ``evaluate`` gives for each row alone, and leaves to the engine what is lazy."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import dask.dataframe as dd
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from conftest import EXAMPLES, SMALL
from dask.distributed import Client, LocalCluster
from hypothesis import given, settings
from hypothesis import strategies as st

from decision_kit import InputError, Knowledge, evaluate, knowledge, portfolio, sensitivity

KNOWN = knowledge.load(SMALL)
SHIPPED = knowledge.load()
SCOPES = ("whole", "core", "reactions")


def third_model(known: Knowledge) -> Knowledge:
    """Add a third model that is not made of others, rated between the two."""
    new = replace(known.models["orchestration"], id="batch", title="Batch")
    ratings = {
        r: replace(next(v for v in known.ratings if v.requirement == r), model="batch") for r in known.requirements
    }
    ratings = [replace(rating, rating=level) for rating, level in zip(ratings.values(), (1, 1, 2), strict=True)]
    return replace(known, models={**known.models, "batch": new}, ratings=(*known.ratings, *ratings))


THREE = third_model(KNOWN)
FINE = replace(KNOWN, weights=tuple(replace(s, weight=s.weight + Fraction(s.level, 2**31 - 1)) for s in KNOWN.weights))
"""Whole numbers that need more than 32 bits."""


def rows_of(known: Knowledge, columns: frozenset[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Make rows with the columns named: scopes, musts, sides."""
    cells: dict[str, st.SearchStrategy[Any]] = {}
    for requirement in known.requirements:
        cells[requirement] = st.sampled_from([None, 0, 1, 2, 3, 4])
        if "scopes" in columns:
            cells[f"{requirement}_scope"] = st.sampled_from([None, *SCOPES])
        if "musts" in columns:
            cells[f"{requirement}_must"] = st.sampled_from([None, True, False])
    if "sides" in columns:
        cells |= {side: st.sampled_from([None, " ", "somebody"]) for side in ("core", "reactions")}
    return st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=12)


COLUMNS = st.sampled_from(
    [frozenset(), frozenset({"musts"}), frozenset({"scopes"}), frozenset({"scopes", "musts", "sides"})]
)


def in_pandas(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Make a frame whose columns have the types that a reader of files would give them."""
    frame = pd.DataFrame(rows)
    for name in frame:
        if name.endswith(("_scope", "core", "reactions")):
            frame[name] = frame[name].astype("str")
        else:
            frame[name] = frame[name].astype("boolean" if name.endswith("_must") else "float64")
    return frame


def expected(row: dict[str, Any], known: Knowledge) -> dict[str, Any]:
    """Evaluate one row alone."""
    decision = portfolio.decision(row, known)
    found = evaluate(decision, known)
    verdict, fit = found.verdict, found.scores.fit
    failed = [failure.model for failure in found.scores.failures if not failure.thin]
    return {
        **{f"fit_{model}": None if fit is None else float(fit) for model, fit in found.scores.fit.items()},
        "winner": verdict.first[0] if len(verdict.first) == 1 else None,
        "margin": float(fit[verdict.first[0]] - fit[verdict.next]) if verdict.next and verdict.first else None,
        "tie": len(verdict.first) > 1,
        **{f"failed_{model}": failed.count(model) for model in known.models},
        "fragile": sensitivity.flips(decision, known).steps == 1,
        "blank": len(found.missing),
        "not_allowed": "",
    }


def results(frame: pd.DataFrame, known: Knowledge) -> list[dict[str, Any]]:
    """Take the results out of a scored frame as plain values, missing ones as ``None``."""
    names = [name for name in frame if name.startswith(("fit_", "failed_"))]
    names += ["winner", "margin", "tie", "fragile", "blank", "not_allowed"]
    assert sorted(names) == sorted(list(frame)[-len(names) :])
    assert len(names) == 2 * len(known.models) + 6
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in frame[names].astype(object).to_dict("records")
    ]


ENGINES: dict[str, tuple[Callable[[pd.DataFrame], Any], Callable[[Any], pd.DataFrame]]] = {
    "pandas": (lambda frame: frame, lambda scored: scored),
    "polars": (pl.from_pandas, lambda scored: scored.to_pandas()),
    "polars, lazy": (lambda frame: pl.from_pandas(frame).lazy(), lambda scored: scored.collect().to_pandas()),
    "duckdb": (duckdb.from_df, lambda scored: scored.df()),
    "arrow": (lambda frame: pl.from_pandas(frame).to_arrow(), lambda scored: scored.to_pandas()),
    "dask": (lambda frame: dd.from_pandas(frame, npartitions=2), lambda scored: scored.compute(scheduler="sync")),
}
engines = pytest.mark.parametrize("engine", ENGINES)


@pytest.mark.parametrize(
    "known", [KNOWN, THREE, FINE, SHIPPED], ids=["small", "three models", "fine fractions", "shipped"]
)
@given(data=st.data())
@settings(max_examples=20)
def test_each_row_is_what_evaluate_gives_for_it_alone(known: Knowledge, data: st.DataObject):
    rows = data.draw(rows_of(known, data.draw(COLUMNS)))[: 3 if known is SHIPPED else None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sensitivity, "FARTHEST", 1)  # whether one step is enough
        assert results(portfolio.score(in_pandas(rows), known), known) == [expected(row, known) for row in rows]


@engines
@given(data=st.data())
@settings(max_examples=8)
def test_each_engine_gives_what_evaluate_gives(engine: str, data: st.DataObject):
    to_engine, to_pandas = ENGINES[engine]
    known = data.draw(st.sampled_from([KNOWN, THREE]))
    rows = data.draw(rows_of(known, data.draw(COLUMNS)))
    scored = portfolio.score(to_engine(in_pandas(rows)), known)
    assert results(to_pandas(scored), known) == [expected(row, known) for row in rows]


@engines
def test_an_exact_tie_is_a_tie_with_a_margin_of_0_and_no_winner(engine: str, small: Knowledge):
    to_engine, to_pandas = ENGINES[engine]
    (row,) = results(
        to_pandas(portfolio.score(to_engine(in_pandas([{"order": 2, "scale": 3, "upkeep": 0}])), small)), small
    )
    assert (row["winner"], row["margin"], row["tie"], row["fragile"]) == (None, 0.0, True, False)


@engines
def test_each_engine_gives_the_same_for_the_sample_of_500_workflows(engine: str):
    sample = pd.read_csv(EXAMPLES / "portfolio.csv")
    to_engine, to_pandas = ENGINES[engine]
    scored = to_pandas(portfolio.score(to_engine(sample)))
    assert results(scored, SHIPPED) == results(portfolio.score(sample), SHIPPED)
    assert list(scored["workflow"]) == list(sample["workflow"])


def test_rows_beyond_one_chunk_are_scored_like_those_in_it():
    sample = pd.read_csv(EXAMPLES / "portfolio.csv")
    scored = portfolio.score(pd.concat([sample] * 150, ignore_index=True))
    again = portfolio.score(sample)
    for part in (0, 31, 124, 125, 149):
        there = scored.iloc[part * 500 : (part + 1) * 500].reset_index(drop=True)
        pd.testing.assert_frame_equal(there, again)


@engines
def test_what_is_not_allowed_is_named_and_has_no_result(engine: str, small: Knowledge):
    rows = [
        {"order": 4, "scale": 1, "upkeep": 2},
        {"order": 7, "scale": None, "upkeep": 2},
        {"order": 2.5, "scale": -1, "upkeep": 2},
        {"order": math.inf, "scale": 0, "upkeep": None},
        {"order": 260, "scale": 2**60, "upkeep": -math.inf},
    ]
    to_engine, to_pandas = ENGINES[engine]
    scored = results(to_pandas(portfolio.score(to_engine(in_pandas(rows)), small)), small)
    assert [row["not_allowed"] for row in scored] == ["", "order", "order, scale", "order", "order, scale, upkeep"]
    assert [row["blank"] for row in scored] == [0, 1, 0, 1, 0]
    assert scored[0]["winner"] == "orchestration"
    nothing = {"winner": None, "margin": None, "tie": False, "fragile": False, "fit_orchestration": None}
    for row in scored[1:]:
        assert {name: row[name] for name in nothing} == nothing


@given(values=st.lists(st.floats() | st.integers(-300, 300).map(float), min_size=1, max_size=12))
def test_only_whole_numbers_from_0_to_4_are_levels(values: list[float]):
    scored = portfolio.score(pd.DataFrame({"order": values, "scale": 1, "upkeep": [None] * len(values)}), KNOWN)
    fine = [math.isnan(value) or value in range(5) for value in values]
    assert [told == "" for told in scored["not_allowed"]] == fine
    assert list(scored["blank"]) == [1 + math.isnan(value) for value in values]


@engines
def test_text_is_read_as_people_and_spreadsheets_write_it(engine: str, small: Knowledge):
    frame = pd.DataFrame(
        {
            "order": ["4", " 3.0 ", "", None, "four"],
            "order_scope": ["core", " Core ", "", None, "middle"],
            "order_must": ["yes", "TRUE", "no", None, "perhaps"],
            "scale": ["1", "1", "1", "1", "not sure"],
            "scale_scope": ["reactions", "reactions", "", None, "side"],
            "upkeep": [None] * 5,
        },
        dtype="str",
    )
    to_engine, to_pandas = ENGINES[engine]
    scored = results(to_pandas(portfolio.score(to_engine(frame), small)), small)
    assert [row["not_allowed"] for row in scored] == [
        "",
        "",
        "",
        "",
        "order, scale, order_scope, scale_scope, order_must",
    ]
    for row, cells in zip(scored[:4], frame.to_dict("records"), strict=False):
        assert row == expected(cells, small)
    assert [row["failed_choreography"] for row in scored] == [1, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "kind", ["int8", "float32", "Int64", "Float64", "double[pyarrow]", "category", "object", "str"]
)
def test_levels_may_have_any_type_that_holds_them(kind: str, small: Knowledge):
    frame = pd.DataFrame({"order": [4, 0, 2], "scale": [1, 3, 3], "upkeep": [0, 0, 0]})
    assert results(portfolio.score(frame.astype(kind), small), small) == results(portfolio.score(frame, small), small)


@pytest.mark.parametrize("value", [True, pd.Timestamp("2026-11-23")], ids=["truth", "time"])
@engines
def test_what_is_no_number_is_no_level(engine: str, value: object, small: Knowledge):
    to_engine, to_pandas = ENGINES[engine]
    frame = pd.DataFrame({"order": [value], "scale": [1], "upkeep": [1]})
    assert results(to_pandas(portfolio.score(to_engine(frame), small)), small)[0]["not_allowed"] == "order"


@pytest.mark.parametrize("cell", [0, -0.0, Decimal("0.00"), np.float32(0), np.int8(0), "0", " 0.0 "], ids=repr)
def test_a_level_is_read_from_a_cell_of_any_type(cell: object, small: Knowledge):
    frame = pd.DataFrame({"order": pd.Series([cell], dtype="object"), "scale": [1], "upkeep": [1]})
    assert list(portfolio.score(frame, small)["not_allowed"]) == [""]
    assert portfolio.decision(frame.loc[0].to_dict(), small).answer_to("order").level == 0


@pytest.mark.parametrize("several", [[4], np.array([4])], ids=["list", "array"])
def test_a_cell_of_several_values_is_no_level(several: object, small: Knowledge):
    frame = pd.DataFrame({"order": [several, None], "scale": [1, 1], "upkeep": [1, 1]})
    assert list(portfolio.score(frame, small)["not_allowed"]) == ["order", ""]
    with pytest.raises(InputError, match=r"column order: .* is not allowed; allowed is a whole number from 0 to 4"):
        portfolio.decision(frame.loc[0].to_dict(), small)


@engines
def test_columns_are_found_whatever_their_capitals_and_keep_their_names(engine: str, small: Knowledge):
    plain = {"order": ["4", "x"], "order_scope": ["core", ""], "order_must": ["yes", ""], "scale": ["3", ""]}
    plain |= {"scale_scope": ["reactions", "side"], "upkeep": ["", ""], "core": ["pay", ""], "reactions": ["mail", ""]}
    named = {f" {name.title()} ": cells for name, cells in plain.items()}
    to_engine, to_pandas = ENGINES[engine]
    scored = to_pandas(portfolio.score(to_engine(pd.DataFrame(named, dtype="str")), small))
    (row, wrong), (told, _) = results(scored, small), results(portfolio.score(pd.DataFrame(plain), small), small)
    assert row == told
    assert wrong["not_allowed"] == " Order ,  Scale_Scope "
    assert list(scored)[: len(named)] == list(named)
    one = {name: cells[0] for name, cells in named.items()}
    assert portfolio.decision(one, small) == portfolio.decision({n: cells[0] for n, cells in plain.items()}, small)


def test_other_columns_the_index_and_the_frame_given_stay_as_they_are(small: Knowledge):
    frame = pd.DataFrame({"team": ["a", "b"], "order": [4, 1], "scale": [1, 2], "upkeep": [0, 0]}, index=["x", "x"])
    before = frame.copy()
    scored = portfolio.score(frame, small)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(scored[list(frame)], frame)
    assert list(scored)[len(list(frame.columns)) :][:4] == [
        "fit_orchestration",
        "fit_choreography",
        "fit_hybrid",
        "winner",
    ]


@engines
def test_a_frame_without_rows_has_the_columns_all_the_same(engine: str, small: Knowledge):
    to_engine, to_pandas = ENGINES[engine]
    frame = pd.DataFrame({name: pd.Series(dtype="float64") for name in small.requirements})
    assert results(to_pandas(portfolio.score(to_engine(frame), small)), small) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda frame: frame.drop(columns="scale"), "the column 'scale' is missing"),
        (
            lambda frame: frame.rename(columns={"scale": "scael"}),
            "the column 'scale' is missing; .* not asked. Not read: scael; did you mean scale\\?$",
        ),
        (
            lambda frame: frame.assign(order_scope="core", core="pay", reaction="mail"),
            "the column 'reactions' is missing; .* both named. Not read: reaction; did you mean reactions\\?$",
        ),
        (lambda frame: frame.assign(winner="x"), "the column 'winner' is there already"),
        (lambda frame: frame.assign(order_scope="core", core="pay"), "the column 'reactions' is missing"),
    ],
)
@engines
def test_a_column_too_few_or_too_many_is_told(engine: str, change: Callable[[Any], Any], told: str, small: Knowledge):
    frame = pd.DataFrame({"order": [4.0], "scale": [1.0], "upkeep": [0.0]})
    with pytest.raises(InputError, match=told):
        portfolio.score(ENGINES[engine][0](change(frame)), small)


def test_a_column_that_stands_twice_and_what_is_no_dataframe_are_told(small: Knowledge):
    with pytest.raises(InputError, match="'order' stands twice"):
        portfolio.score(pd.DataFrame([[1, 1, 1, 1]], columns=["order", "order", "scale", "upkeep"]), small)
    with pytest.raises(InputError, match="'team' stands twice"):
        portfolio.score(pd.DataFrame([[1] * 5], columns=["order", "scale", "upkeep", "team", "team"]), small)
    with pytest.raises(InputError, match="a list is not a dataframe that can be scored"):
        portfolio.score([1, 2], small)


def test_knowledge_of_too_many_fractions_is_refused_rather_than_rounded(small: Knowledge):
    odd = [
        replace(s, weight=s.weight + Fraction(s.level, 2**31 - 1) + Fraction(s.level, 2**19 - 1)) for s in small.weights
    ]
    frame = pd.DataFrame({"order": [4], "scale": [1], "upkeep": [0]})
    with pytest.raises(InputError, match="too many different fractions"):
        portfolio.score(frame, replace(small, weights=tuple(odd)))


def refuse(*_: object) -> pd.DataFrame:
    raise AssertionError("was read")


UNREAD = dict.fromkeys(KNOWN.requirements, 1.0)
LAZY: dict[str, Callable[[], tuple[Any, Callable[[Any], object]]]] = {
    "duckdb": lambda: (
        duckdb.sql("select error('was read')::double as \"order\", 1.0 as scale, 1.0 as upkeep"),
        lambda scored: scored.fetchall(),
    ),
    "polars": lambda: (
        pl.LazyFrame([UNREAD]).map_batches(refuse, schema=dict.fromkeys(UNREAD, pl.Float64)),
        lambda scored: scored.collect(),
    ),
    "dask": lambda: (
        dd.from_map(refuse, [0], meta=pd.DataFrame([UNREAD])),
        lambda scored: scored.compute(scheduler="sync"),
    ),
}


@pytest.mark.parametrize("engine", LAZY)
def test_nothing_is_read_before_the_result_is_asked_for(engine: str, small: Knowledge):
    frame, ask = LAZY[engine]()
    scored = portfolio.score(frame, small)
    assert type(scored) is type(frame)
    with pytest.raises(Exception, match="was read"):
        ask(scored)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Client]:
    """Start a real cluster of two workers, each a process of its own, on this machine only."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as started,
        Client(started) as client,
    ):
        yield client


def test_a_cluster_scores_the_partitions_on_its_workers(cluster: Client):
    sample = pd.read_csv(EXAMPLES / "portfolio.csv")
    scored = portfolio.score(dd.from_pandas(sample, npartitions=4)).persist()
    assert results(scored.compute(), SHIPPED) == results(portfolio.score(sample), SHIPPED)
    workers = {worker for holders in cluster.who_has(scored).values() for worker in holders}
    assert len(workers) == 2


# -- one row as a decision -------------------------------------------------------------------------------------------


def test_a_row_becomes_a_decision_with_its_scopes_and_must_haves(small: Knowledge):
    row = {"order": 4.0, "order_scope": "core", "order_must": "yes", "scale": "", "upkeep": pd.NA, "team": "a"}
    decision = portfolio.decision(row | {"core": "pay", "reactions": "mail"}, small, "Orders")
    (answer,) = decision.answers
    assert (answer.requirement, answer.level, answer.scope, answer.must) == ("order", 4, "core", True)
    assert (decision.name, decision.core, decision.reactions) == ("Orders", "pay", "mail")
    assert portfolio.decision(row, small).scoped
    assert not portfolio.decision(row | {"core": "pay", "reactions": None}, small).scoped
    assert not portfolio.decision(row | {"order_scope": "whole"}, small).scoped


def test_a_cell_that_is_not_allowed_makes_no_decision(small: Knowledge):
    with pytest.raises(InputError, match="column order: 7 is not allowed; allowed is a whole number from 0 to 4"):
        portfolio.decision({"order": 7}, small)
    with pytest.raises(InputError, match="column order_scope: 'side' is not allowed; allowed is whole, core"):
        portfolio.decision({"order": 1, "order_scope": "side"}, small)
    with pytest.raises(InputError, match="column order_must: 'perhaps' is not allowed; allowed is yes, no"):
        portfolio.decision({"order": 1, "order_must": "perhaps"}, small)
