"""What makes a report out of date, and the reason that is given for it."""

from dataclasses import replace

import pandas as pd
import pytest

from synergy_lib.parameters import PreviousParameters
from synergy_lib.reporting.output.ledger import LedgerState, ReportRecord
from synergy_lib.reporting.output.manifest import hash_bytes
from synergy_lib.reporting.run.plan import (
    REASONS,
    files_are_intact,
    own_hashes,
    parameters_hash,
    plan_reports,
    previous_hash,
    run_hash,
)
from synergy_lib.reporting.workers.execution import ReportJob

COMMON = {"parameters": "p", "library": "l", "fonts": "f"}
SLICES = {"s1": b"one", "park": b"park"}
OWN = {"0001": "own"}


@pytest.fixture
def jobs(tmp_path):
    notebook = tmp_path / "n.ipynb"
    notebook.write_text("{}")
    language = {"language": "zh"}
    return [
        ReportJob("park", "园区", notebook, "park", "park/r", ("pdf",), language),
        ReportJob("0001", "甲", notebook, "s1", "e/1/d", ("pdf", "html"), language),
    ]


def plan(jobs, folder, records=(), **changes):
    read = {f"notebooks/{j.notebook.name}": j.notebook.read_bytes() for j in jobs}
    given = {"slices": SLICES, "notebooks": read, "own": OWN, "common": COMMON}
    given |= changes
    state = LedgerState({record.report_id: record for record in records})
    return plan_reports(jobs, state=state, folder=folder, **given)


@pytest.fixture
def records(jobs, tmp_path):
    """Return the records of both reports as built from what they are made from now."""
    made = []
    for planned in plan(jobs, tmp_path):
        files = {}
        for suffix in planned.job.formats:
            name = f"{planned.job.stem}.{suffix}"
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
            files[name] = hash_bytes(name.encode())
        made.append(
            ReportRecord(
                planned.job.report_id, state="built", key=planned.key, files=files
            )
        )
    return made


def reasons(planned):
    return [report.reasons for report in planned]


def test_nothing_built_is_all_new(jobs, tmp_path):
    assert reasons(plan(jobs, tmp_path)) == [("new",), ("new",)]


def test_nothing_changed_is_nothing_to_do(jobs, tmp_path, records):
    planned = plan(jobs, tmp_path, records)
    assert reasons(planned) == [(), ()]
    state = LedgerState({record.report_id: record for record in records})
    assert all(report.is_built(state) for report in planned)
    assert not any(report.is_outdated(state) for report in planned)


@pytest.mark.parametrize("part", ["parameters", "library", "fonts"])
def test_what_all_reports_share_is_named(jobs, tmp_path, records, part):
    changed = {**COMMON, part: "other"}
    planned = plan(jobs, tmp_path, records, common=changed)
    assert reasons(planned) == [(part,), (part,)]
    state = LedgerState({record.report_id: record for record in records})
    assert all(report.is_outdated(state) for report in planned)


def test_a_slice_changes_by_own_data_or_by_the_peers(jobs, tmp_path, records):
    slices = {"s1": b"two", "park": b"two"}
    both = plan(jobs, tmp_path, records, slices=slices, own={"0001": "other"})
    assert reasons(both) == [("park",), ("own",)]
    assert reasons(plan(jobs, tmp_path, records, slices=slices))[1] == ("peers",)
    parameters = {**COMMON, "parameters": "other"}
    planned = plan(jobs, tmp_path, records, slices=slices, common=parameters)
    assert reasons(planned) == [("parameters",), ("parameters",)]


def test_own_data_that_reach_no_report_rebuild_none(jobs, tmp_path, records):
    assert reasons(plan(jobs, tmp_path, records, own={"0001": "other"})) == [(), ()]


def test_notebook_and_language_are_named(jobs, tmp_path, records):
    jobs[0].notebook.write_text("{ }")
    jobs = [replace(job, metadata={"language": "en"}) for job in jobs]
    assert reasons(plan(jobs, tmp_path, records)) == [("language", "notebook")] * 2


def test_files_that_are_missing_or_touched_are_named(jobs, tmp_path, records):
    (tmp_path / "park" / "r.pdf").write_text("touched")
    (tmp_path / "e" / "1" / "d.pdf").unlink()
    assert reasons(plan(jobs, tmp_path, records)) == [("files",), ("files",)]


def test_a_format_not_built_yet_is_named(jobs, tmp_path, records):
    jobs[0] = replace(jobs[0], formats=("pdf", "html"))
    jobs[1] = replace(jobs[1], formats=("html",))
    assert reasons(plan(jobs, tmp_path, records)) == [("format",), ()]


def test_a_failure_is_tried_again(jobs, tmp_path, records):
    records[0] = replace(records[0], state="failed")
    records[1] = ReportRecord("0001", state="failed")
    assert reasons(plan(jobs, tmp_path, records)) == [("failed",), ("failed",)]


def test_every_reason_has_words():
    assert all(REASONS.values())
    assert len(set(REASONS.values())) == len(REASONS)


def test_files_are_intact_only_as_recorded(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert files_are_intact({"a": hash_bytes(b"abc")}, tmp_path)
    assert not files_are_intact({"a": hash_bytes(b"abd")}, tmp_path)
    assert not files_are_intact({"b": hash_bytes(b"abc")}, tmp_path)


def test_own_hashes_change_for_the_enterprise_whose_data_changed(demo_analysis):
    data = demo_analysis.data
    before = own_hashes(data)
    assert before == own_hashes(data)
    assert len(before) == 82
    assert len(set(before.values())) == 82
    panel = data.panel.copy()
    row = panel.index.get_loc(("0007", 2023))
    panel.iloc[row, panel.columns.get_loc("cod_kg")] += 1.0
    after = own_hashes(replace(data, panel=panel))
    assert {name for name in after if after[name] != before[name]} == {"0007"}
    enterprises = data.enterprises.copy()
    enterprises.loc["0012", "enterprise_name"] = "新名"
    after = own_hashes(replace(data, enterprises=enterprises))
    assert {name for name in after if after[name] != before[name]} == {"0012"}
    assert isinstance(data.issues, pd.DataFrame)


def test_parameters_hash_leaves_out_place_and_language(demo_parameters):
    before = parameters_hash(demo_parameters)
    moved = demo_parameters.input.model_copy(update={"path": "/elsewhere.xlsx"})
    same = demo_parameters.model_copy(update={"input": moved, "language": "en"})
    assert parameters_hash(same) == before
    other = demo_parameters.model_copy(update={"draws": 100})
    assert parameters_hash(other) != before


def test_run_hash_is_empty_if_the_data_cannot_be_read(demo_parameters, tmp_path):
    notebook = tmp_path / "n"
    notebook.write_text("1")
    whole = run_hash(demo_parameters, [notebook])
    assert whole == run_hash(demo_parameters, [notebook])
    english = demo_parameters.model_copy(update={"language": "en"})
    assert run_hash(english, [notebook]) not in ("", whole)
    notebook.write_text("2")
    assert run_hash(demo_parameters, [notebook]) != whole
    gone = demo_parameters.input.model_copy(update={"path": str(tmp_path / "none")})
    nothing = demo_parameters.model_copy(update={"input": gone})
    assert run_hash(nothing, [notebook]) == ""


def test_another_previous_file_is_another_run_wherever_it_lies(
    demo_parameters, jobs, tmp_path
):
    def run_of(path):
        previous = PreviousParameters(path=str(path))
        return demo_parameters.model_copy(update={"previous": previous})

    notebooks = [jobs[0].notebook]
    first, moved = tmp_path / "old.xlsx", tmp_path / "elsewhere" / "old.xlsx"
    moved.parent.mkdir()
    for path in (first, moved):
        path.write_bytes(b"one")
    hashes = [run_hash(run_of(path), notebooks) for path in (first, moved)]
    assert hashes[0] == hashes[1] != run_hash(demo_parameters, notebooks)
    assert parameters_hash(run_of(first)) == parameters_hash(run_of(moved))
    first.write_bytes(b"another")
    assert run_hash(run_of(first), notebooks) != hashes[0]
    assert previous_hash(run_of(first))["sha256"] == hash_bytes(b"another")
    assert previous_hash(demo_parameters) == {}
    moved.unlink()
    assert run_hash(run_of(moved), notebooks) == ""
