"""Texts that a spreadsheet would run as a formula: harmless in each engine, and as they were again."""

import pandas as pd
import pytest
from test_portfolio import ENGINES

from decision_kit.portfolio import formulas


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine != "dask"])
def test_texts_that_a_spreadsheet_would_run_get_an_apostrophe_and_numbers_do_not(engine: str):
    run = ["=1+1", "+cmd", "-cmd", "@sum", "\t=1", "\r=1", "\n=1", "\0=1", "'=1", "''-cmd", "'-1.5"]
    texts = [*run, "-1.5", "+2e3", "plain", "a=b", "'plain", "'", None]
    to_engine, to_pandas = ENGINES[engine]
    frame = pd.DataFrame({"team": texts, "=x": [1.0] * len(texts), "'@y": texts})
    safe = to_pandas(formulas.harmless(to_engine(frame)))
    assert list(safe) == ["team", "'=x", "''@y"]
    told = [None if pd.isna(text) else text for text in safe["team"]]
    assert told == [f"'{text}" for text in run] + texts[len(run) :]
    assert [formulas.as_it_was(text) for text in told if text is not None] == texts[:-1]
