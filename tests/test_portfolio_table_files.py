"""Portfolios in files: what is read comes out scored, and whatever goes wrong leaves the old output as it was."""

import csv
import os
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import hostile
import pandas as pd
import pytest
from conftest import EXAMPLES

from decision_kit import InputError, cli, estate, files, knowledge, portfolio
from decision_kit.estate import wording
from decision_kit.estate.table_files import read as read_whole
from decision_kit.portfolio import table_files

KNOWN = knowledge.load()
SAMPLE = EXAMPLES / "portfolio.csv"
PLAIN = pd.read_csv(SAMPLE, usecols=["workflow", "team", *KNOWN.requirements])
"""The sample without scopes and must-haves, which DuckDB plans faster."""
MANY = 400_000
"""Rows enough that scoring them takes longer than one look at how far it is."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a file of many rows in small groups."""
    path = tmp_path_factory.mktemp("many") / "many.parquet"
    levels = ", ".join(f"(hash(i * 31 + {n}) % 5)::tinyint as {r}" for n, r in enumerate(KNOWN.requirements))
    rows = duckdb.sql(f"select 'workflow ' || i as workflow, {levels} from range({MANY}) t(i)")  # noqa: S608
    rows.write_parquet(str(path), row_group_size=20_000)
    return path


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Path]:
    """Give an output that is there already, and see that nothing but it is there in the end."""
    path = tmp_path / "out" / "scored.parquet"
    path.parent.mkdir()
    path.write_bytes(b"the output of last quarter")
    yield path
    assert path.read_bytes() == b"the output of last quarter"
    assert list(path.parent.iterdir()) == [path]


def read(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)


@pytest.mark.parametrize("source", [".csv", ".parquet"])
@pytest.mark.parametrize("target", [".csv", ".parquet"])
def test_a_file_comes_out_as_the_same_rows_scored(source: str, target: str, tmp_path: Path):
    sample = PLAIN if ".parquet" in (source, target) else pd.read_csv(SAMPLE)
    given, out = tmp_path / f"in{source}", tmp_path / f"out{target}"
    (sample.to_csv if source == ".csv" else sample.to_parquet)(given, index=False)
    found = table_files.run(given, out, KNOWN)
    scored, alone = read(out), portfolio.score(sample)
    assert list(scored.columns) == [*alone.columns, "outcome"]
    for name in (
        "workflow",
        "fit_orchestration",
        "fit_hybrid",
        "winner",
        "margin",
        "failed_hybrid",
        "fragile",
        "blank",
    ):
        assert scored[name].fillna(-1).tolist() == alone[name].astype(scored[name].dtype).fillna(-1).tolist()
    assert found.workflows == 500
    assert found.outcomes == estate.look(sample, KNOWN).counts.outcomes
    assert found.scoped == estate.look(sample, KNOWN).counts.scoped
    assert found.fragile == estate.look(sample, KNOWN).counts.fragile
    assert (found.blank, found.unread) == (alone["blank"].sum(), [])


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_counting_the_outcomes_in_the_file_gives_its_summary(ending: str, tmp_path: Path):
    asked, clear = list(KNOWN.requirements), "fanout_extensibility"
    rows = pd.DataFrame(index=range(5), columns=asked, dtype="str")
    rows.loc[0] = ["4" if name == clear else "0" for name in asked]
    rows.loc[1, [clear, *asked[:2]]] = ["4", "0", "0"]  # three answers: there is a winner, but no verdict
    rows.loc[3] = "0"
    rows.loc[4] = "9"
    rows.to_csv(tmp_path / "in.csv", index=False)
    found = table_files.run(tmp_path / "in.csv", tmp_path / f"out{ending}", KNOWN)
    scored = read(tmp_path / f"out{ending}")
    outcomes = ["choreography", "not enough answers", "no answers", "not enough answers", "not read"]
    assert list(scored["outcome"]) == outcomes
    assert list(scored["winner"].fillna("")) == ["choreography", "choreography", "", "", ""]
    assert {kind: number for kind, number in found.outcomes.items() if number} == scored[
        "outcome"
    ].value_counts().to_dict()


def test_rows_keep_their_order_and_progress_is_told(many: Path, tmp_path: Path):
    told: list[float] = []
    table_files.run(many, tmp_path / "out.parquet", KNOWN, progress=told.append)
    numbers = pd.read_parquet(tmp_path / "out.parquet", columns=["workflow"])["workflow"]
    assert list(numbers) == [f"workflow {i}" for i in range(MANY)]
    assert told
    assert all(0 <= share <= 1 for share in told)


def test_cells_of_text_stay_as_they_are_but_for_formulas(tmp_path: Path):
    texts = ["007", "=HYPERLINK(1)", "-1", "\n=1", "'=1", "'plain", 'a "b"; c']
    PLAIN.head(len(texts)).assign(team=texts).to_csv(tmp_path / "in.csv", index=False)
    table_files.run(tmp_path / "in.csv", tmp_path / "out.csv", KNOWN)
    safe = ["007", "'=HYPERLINK(1)", "-1", "'\n=1", "''=1", "'plain", 'a "b"; c']
    assert list(pd.read_csv(tmp_path / "out.csv", dtype="str")["team"]) == safe
    assert '"a ""b""; c"' in (tmp_path / "out.csv").read_text(encoding="utf-8")
    table_files.run(tmp_path / "in.csv", tmp_path / "out.parquet", KNOWN)
    assert list(pd.read_parquet(tmp_path / "out.parquet")["team"]) == texts


def test_what_it_wrote_as_csv_is_read_as_it_was_by_the_notebook(tmp_path: Path):
    sample = PLAIN.head(len(hostile.TEXTS)).assign(team=hostile.TEXTS)
    sample.to_csv(tmp_path / "in.csv", index=False, quoting=csv.QUOTE_ALL)
    table_files.run(tmp_path / "in.csv", tmp_path / "out.csv", KNOWN)
    assert list(read_whole(tmp_path / "out.csv")["team"]) == list(hostile.TEXTS)


def test_the_command_says_what_came_of_it_and_which_cells_are_not_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    sample = PLAIN.astype("str").replace("nan", "")
    sample.loc[2, "strict_ordering"] = "seven"
    sample.loc[4, ["audit_visibility", "throughput_scale"]] = "5"
    sample.to_csv(tmp_path / "in.csv", index=False)
    assert cli.main(["portfolio", str(tmp_path / "in.csv"), str(tmp_path / "out.csv")]) == 0
    printed = capsys.readouterr()
    assert (
        "Not read: 2, where a cell holds what is not allowed: row 4, column strict_ordering ('seven'); row 6, "
        "column audit_visibility ('5'), throughput_scale ('5') (the header is row 1)."
    ) in printed.out
    assert printed.err == ""


def test_the_command_says_of_a_table_what_the_notebook_says_and_its_counts_add_up_to_all_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    rows = [
        dict.fromkeys(list(KNOWN.requirements)[:5], "4") | {"current_model": "saga"},
        dict.fromkeys(list(KNOWN.requirements)[:4], "2"),  # one answer less than a verdict needs
        dict.fromkeys(list(KNOWN.requirements)[:6], "0"),  # nothing is needed
        {"strict_ordering": "7"},
        {},
    ]
    table = pd.DataFrame(rows, columns=[*KNOWN.requirements, "current_model"], dtype="str").fillna("")
    table.to_csv(tmp_path / "in.csv", index=False)
    assert cli.main(["portfolio", str(tmp_path / "in.csv"), str(tmp_path / "out.csv")]) == 0
    told = estate.look(read_whole(tmp_path / "in.csv"), KNOWN)
    assert list(told.counts.outcomes.values()) == [1, 0, 0, 0, 2, 1, 1]
    said = capsys.readouterr().out.splitlines()
    assert said[:4] == [
        "Of 5 workflows, Orchestration fits 1 best, Choreography 0, and Hybrid 0.",
        "Not enough answers: 2, where fewer than 5 of 13 questions have a level, or nothing is needed.",
        "No answers: 1, where no question has a level.",
        wording.told(told)[2],
    ]
    assert said[:5] == [wording.gist(told.counts.outcomes, KNOWN), *wording.told(told)]
    assert said[4] == "A boundary is named in 0; only there Hybrid is compared, and wins 0."
    assert "row 5, column strict_ordering" in said[3]
    assert said[5] == (
        "In 1 the column current_model names no model (allowed are orchestration, choreography, and hybrid): row 2 "
        "('saga')."
    )
    assert said[5] in wording.running(told)
    assert said[6].startswith(f"{wording.fragile(told.counts.fragile, told.counts.judged)} ")


def test_a_column_whose_name_is_nearly_one_that_is_read_is_told_by_command_and_notebook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    slips = {"strict_ordering_mus": "yes", "Throughput_scale_scop": "core", "fault_isolation_weight": ""}
    PLAIN.assign(**slips, score=1, notes="").to_csv(tmp_path / "in.csv", index=False)
    assert cli.main(["portfolio", str(tmp_path / "in.csv"), str(tmp_path / "out.csv")]) == 0
    said = (
        "Not read: strict_ordering_mus, Throughput_scale_scop, and fault_isolation_weight; did you mean "
        "strict_ordering_must, throughput_scale_scope, and fault_isolation_must?"
    )
    assert said in capsys.readouterr().out.splitlines()
    assert said in wording.told(estate.look(read_whole(tmp_path / "in.csv"), KNOWN))
    assert said in wording.told(estate.look(read_whole(tmp_path / "out.csv"), KNOWN))


def test_the_sample_and_its_results_hold_no_column_that_is_nearly_another(tmp_path: Path):
    table_files.run(SAMPLE, tmp_path / "out.csv", KNOWN)
    for path in (SAMPLE, tmp_path / "out.csv"):
        assert "Not read" not in " ".join(wording.told(estate.look(read_whole(path), KNOWN)))


def test_an_output_that_is_there_is_replaced_only_when_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "out.csv"
    out.write_text("old")
    PLAIN.to_csv(given := tmp_path / "in.csv", index=False)
    assert cli.main(["portfolio", str(given), str(out)]) == 2
    assert "is there already; --force replaces it" in capsys.readouterr().err
    assert out.read_text() == "old"
    assert cli.main(["portfolio", str(given), str(out), "--force"]) == 0
    assert len(read(out)) == 500


def test_a_workbook_in_the_place_of_a_table_is_called_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with zipfile.ZipFile(given := tmp_path / "in.csv", "w", zipfile.ZIP_DEFLATED) as workbook:
        workbook.writestr("xl/workbook.xml", bytes(range(256)))
    assert cli.main(["portfolio", str(given), str(tmp_path / "out.csv")]) == 2
    assert capsys.readouterr().err == (
        f"decision-kit: {given}: is a workbook, such as Excel saves, and not text; save the table as CSV in UTF-8.\n"
    )


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: path.unlink(), "cannot be read"),
        (lambda path: path.write_bytes(b"PAR1 and nothing else"), "cannot be read"),
        (lambda path: pd.read_parquet(path).drop(columns=["fault_isolation", "audit_visibility"]).to_parquet(path),
         "the columns 'audit_visibility' and 'fault_isolation' are missing; a portfolio has one for each requirement"),
        (lambda path: pd.read_parquet(path).assign(winner="").to_parquet(path), "the column 'winner' is there already"),
        (lambda path: pd.read_parquet(path).assign(outcome="").to_parquet(path), "column 'outcome' is there already"),
    ],
    ids=["not there", "no Parquet", "columns missing", "column there already", "outcome there already"],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_told_in_one_sentence(
    spoil: Callable[[Path], object], told: str, old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    given = tmp_path / "in.parquet"
    PLAIN.to_parquet(given)
    spoil(given)
    assert cli.main(["portfolio", str(given), str(old), "--force"]) == 2
    printed = capsys.readouterr().err
    assert printed.startswith(f"decision-kit: {given}: ")
    assert told in printed
    assert printed.count("\n") == 1


def test_a_csv_file_without_anything_is_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (given := tmp_path / "in.csv").write_text("")
    assert cli.main(["portfolio", str(given), str(tmp_path / "out.csv")]) == 2
    assert capsys.readouterr().err == f"decision-kit: {given}: is empty.\n"


def test_a_corrupt_row_group_stops_it_with_one_sentence(many: Path, old: Path, tmp_path: Path):
    broken = tmp_path / "in.parquet"
    content = bytearray(many.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 100_000] = bytes(100_000)
    broken.write_bytes(content)
    with pytest.raises(InputError, match="nothing was changed") as told:
        table_files.run(broken, old, KNOWN, force=True)
    assert "\n" not in str(told.value)


def test_a_csv_row_of_too_many_cells_stops_it(old: Path, tmp_path: Path):
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    (tmp_path / "in.csv").write_text("\n".join([*lines, lines[-1] + ",one,more"]), encoding="utf-8")
    with pytest.raises(InputError, match="nothing was changed") as told:
        table_files.run(tmp_path / "in.csv", old, KNOWN, force=True)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_half_way_it_leaves_no_half_file(sent: signal.Signals, many: Path, old: Path):
    with pytest.raises(KeyboardInterrupt):
        table_files.run(many, old, KNOWN, force=True, progress=lambda _: os.kill(os.getpid(), sent))


def in_a_process_of_its_own(
    many: Path, old: Path, before: str = "", progress: str = "None"
) -> subprocess.CompletedProcess[str]:
    """Score in another process, which may be limited or killed."""
    script = textwrap.dedent(f"""
        import os, resource, signal, sys
        from pathlib import Path
        from decision_kit import InputError, knowledge
        from decision_kit.portfolio import table_files
        {before}
        try:
            table_files.run(
                Path({str(many)!r}), Path({str(old)!r}), knowledge.load(), force=True, progress=lambda _: {progress}
            )
        except InputError as error:
            sys.exit(str(error))
    """)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


def test_killed_half_way_it_leaves_the_old_output_and_what_the_next_run_to_it_clears_away(many: Path, tmp_path: Path):
    out, other = tmp_path / "scored.parquet", tmp_path / "scored.parquet.1-2.csv"
    out.write_bytes(b"old")
    done = in_a_process_of_its_own(many, out, progress="os.kill(os.getpid(), signal.SIGKILL)")
    assert done.returncode == -signal.SIGKILL
    assert out.read_bytes() == b"old"
    (left,) = set(tmp_path.iterdir()) - {out}
    table_files.run(SAMPLE, other, KNOWN)
    assert left.exists()
    with files.beside(out) as alive:  # another that writes it at the same time
        table_files.run(SAMPLE, out, KNOWN, force=True)
        assert set(tmp_path.iterdir()) == {out, other, alive}


def test_a_file_that_may_not_grow_further_stops_it(many: Path, old: Path):
    done = in_a_process_of_its_own(many, old, "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))")
    assert done.returncode == 1
    assert "nothing was changed" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_full_disk_stops_it(many: Path, tmp_path: Path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a disk of 1 MB")
    try:
        out = disk / "scored.parquet"
        out.write_bytes(b"old")
        with pytest.raises(InputError, match="nothing was changed") as told:
            table_files.run(many, out, KNOWN, force=True)
        assert "\n" not in str(told.value)
        assert out.read_bytes() == b"old"
        assert list(disk.iterdir()) == [out]
    finally:
        subprocess.run(["umount", str(disk)], check=True)  # noqa: S607


def test_a_column_that_stands_twice_in_a_csv_file_is_told(tmp_path: Path):
    header, *lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    (tmp_path / "in.csv").write_text("\n".join([f"{header},strict_ordering", *(f"{line},1" for line in lines)]))
    with pytest.raises(InputError, match="the column 'strict_ordering' stands twice"):
        table_files.run(tmp_path / "in.csv", tmp_path / "out.csv", KNOWN)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_what_separates_the_cells_is_found_out_from_the_header(separator: str, tmp_path: Path):
    PLAIN.to_csv(tmp_path / "in.csv", index=False, sep=separator, encoding="utf-8-sig")
    assert table_files.run(tmp_path / "in.csv", tmp_path / "out.csv", KNOWN).workflows == 500
    assert len(read(tmp_path / "out.csv")) == 500


def test_names_that_cannot_be_are_told(tmp_path: Path):
    for source, target, told in [
        (SAMPLE, tmp_path / "out.xlsx", "is neither .csv nor .parquet"),
        (SAMPLE.with_suffix(".json"), tmp_path / "out.csv", "is neither .csv nor .parquet"),
    ]:
        with pytest.raises(InputError, match=told):
            table_files.run(source, target, KNOWN)
    (tmp_path / "in.csv").write_bytes(SAMPLE.read_bytes())
    with pytest.raises(InputError, match="is the file to read"):
        table_files.run(tmp_path / "in.csv", tmp_path / "in.csv", KNOWN, force=True)
