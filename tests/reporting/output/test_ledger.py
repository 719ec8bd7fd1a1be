"""The ledger survives crashes: events are only added, torn lines are skipped."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.reporting.output.ledger import (
    LEDGER,
    Ledger,
    ReportRecord,
    read_ledger,
)

KEY = {"slice": "a"}
FILES = {"enterprises/1/diagnostic.pdf": "b"}


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path)


def built(ledger, report_id="1", **changes):
    entry = {"key": KEY, "files": FILES, "seconds": {"pdf": 0.1}} | changes
    ledger.report_built(report_id, "甲药厂", **entry)


def test_no_ledger_is_an_empty_state(tmp_path):
    state = read_ledger(tmp_path)
    assert (state.reports, state.runs, state.last_run, state.failed) == (
        {},
        (),
        None,
        (),
    )


def test_events_give_the_state(ledger, tmp_path):
    ledger.start_run({"1": ["new"], "2": ["own", "failed"]})
    built(ledger)
    ledger.report_failed("2", "乙", error="坏", failed_notebook="failed/2.ipynb")
    state = read_ledger(tmp_path)
    assert state.last_run.state == "running"
    assert state.last_run.planned == {"1": ["new"], "2": ["own", "failed"]}
    assert state.last_run.process.count("@") == 1
    assert state.reports["1"].files == FILES
    assert state.reports["1"].key == KEY
    assert [record.report_id for record in state.failed] == ["2"]
    ledger.end_run("failures", inputs="x", reports=["1"], content={"i": "h"})
    last = read_ledger(tmp_path).last_run
    assert (last.state, last.inputs, last.content) == ("failures", "x", {"i": "h"})
    assert list(last.reports) == ["1"]
    assert last.ended >= last.started


def test_a_failure_keeps_what_is_known_of_the_last_good_files(ledger, tmp_path):
    built(ledger)
    ledger.report_failed("1", "甲药厂", error="坏", failed_notebook="")
    record = read_ledger(tmp_path).reports["1"]
    assert (record.state, record.error) == ("failed", "坏")
    assert (record.files, record.key) == (FILES, KEY)
    built(ledger, key={"slice": "c"})
    record = read_ledger(tmp_path).reports["1"]
    assert (record.state, record.error, record.key) == ("built", "", {"slice": "c"})


def test_lines_are_only_added(ledger, tmp_path):
    built(ledger)
    before = (tmp_path / LEDGER).read_bytes()
    built(ledger, "2")
    assert (tmp_path / LEDGER).read_bytes().startswith(before)


@given(cut=st.integers(0, 400))
def test_a_torn_line_costs_only_itself(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("ledger")
    ledger = Ledger(folder)
    built(ledger, "1")
    whole = (folder / LEDGER).read_bytes()
    built(ledger, "2")
    path = folder / LEDGER
    path.write_bytes(path.read_bytes()[: len(whole) + cut])
    assert "1" in read_ledger(folder).reports
    built(ledger, "3")
    assert {"1", "3"} <= set(read_ledger(folder).reports)


def test_unknown_events_and_entries_are_passed_over(ledger, tmp_path):
    lines = [
        "[]",
        "not json",
        json.dumps({"event": "later kind"}),
        json.dumps({"event": "end", "state": "complete"}),
        json.dumps({"event": "built"}),
        json.dumps({"event": "built", "report_id": "9", "new_entry": 1}),
    ]
    (tmp_path / LEDGER).write_text("\n".join(lines) + "\n", encoding="utf-8")
    state = read_ledger(tmp_path)
    assert state.runs == ()
    assert set(state.reports) == {"9"}
    assert state.reports["9"] == ReportRecord("9", state="built")
