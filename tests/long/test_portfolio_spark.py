"""Portfolios in Spark, on a real session on this machine; needs Java and pyspark, which ``.ci/run --long`` brings."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from conftest import EXAMPLES

from decision_kit import knowledge, portfolio
from decision_kit.portfolio import table_files

pytestmark = pytest.mark.long
pyspark_sql = pytest.importorskip("pyspark.sql", reason="needs pyspark: pip install 'decision-kit[long]'")
RESULTS = ["winner", "margin", "tie", "fragile", "blank", "not_allowed"]


@pytest.fixture(scope="module")
def spark() -> Iterator["pyspark_sql.SparkSession"]:
    """Start Spark with two threads, reached from this machine only."""
    if shutil.which("java") is None:
        pytest.skip("needs Java on the PATH")
    local = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = pyspark_sql.SparkSession.builder.master("local[2]").config(map=local)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.mark.parametrize("scoped", [False, True], ids=["plain", "with scopes and must-haves"])
def test_spark_gives_for_the_sample_what_pandas_gives(scoped: bool, spark: "pyspark_sql.SparkSession"):
    known = knowledge.load()
    sample = pd.read_csv(EXAMPLES / "portfolio.csv")
    if not scoped:
        sample = sample[["workflow", *known.requirements]]
    sample.loc[3, "strict_ordering"] = 7
    rows = [tuple(None if pd.isna(cell) else cell for cell in row) for row in sample.astype(object).to_numpy()]
    types = ", ".join(f"{name} {'double' if name in known.requirements else 'string'}" for name in sample)
    scored = portfolio.score(spark.createDataFrame(rows, types))
    assert isinstance(scored, pyspark_sql.DataFrame)
    names = ["workflow", *(f"fit_{model}" for model in known.models), *RESULTS]
    names += [f"failed_{model}" for model in known.models]
    found = [tuple(row) for row in scored.select(*names).collect()]
    alone = portfolio.score(sample)[names].astype(object).to_numpy()
    assert found == [tuple(None if pd.isna(cell) else cell for cell in row) for row in alone]


def test_spark_reads_its_own_columns_and_the_results_from_a_file_of_its_own_that_the_command_scored(
    spark: "pyspark_sql.SparkSession", tmp_path: Path
):
    known = knowledge.load()
    sample = pd.read_csv(EXAMPLES / "portfolio.csv")[["workflow", *known.requirements]]
    rows = [tuple(None if pd.isna(cell) else cell for cell in row) for row in sample.astype(object).to_numpy()]
    types = ", ".join(f"{name} {'double' if name in known.requirements else 'string'}" for name in sample)
    spark.createDataFrame(rows, types).coalesce(1).write.parquet(str(tmp_path / "in"))
    (given,) = (tmp_path / "in").glob("*.parquet")
    table_files.run(given, tmp_path / "out.parquet", known)
    read = spark.read.parquet(str(tmp_path / "out.parquet"))
    alone = portfolio.score(sample)
    assert read.columns == [*alone, "outcome"]
    names = ["workflow", *known.requirements, "fit_orchestration", "winner", "margin", "fragile", "blank"]
    expected = alone[names].astype(object).to_numpy()
    found = [tuple(row) for row in read.select(*names).collect()]
    assert found == [tuple(None if pd.isna(cell) else cell for cell in row) for row in expected]
    assert read.filter("winner = 'choreography' and fit_orchestration < 0.5").count() == sum(
        (alone["winner"] == "choreography") & (alone["fit_orchestration"] < 0.5)
    )
