"""Cells of the park's report."""

from dataclasses import replace

import numpy as np
import pytest

from synergy_lib.reporting.park_report import show_monitoring


@pytest.fixture
def shown(monkeypatch):
    """Return a function from a park to what the cell displays, as one text."""
    outputs = []
    monkeypatch.setattr("IPython.display.display", outputs.append)

    def show(park):
        outputs.clear()
        show_monitoring(park)
        return " ".join(str(output.data) for output in outputs)

    return show


def test_monitoring_by_year_and_by_month(make_park, shown):
    park = make_park()
    assert "2024-03" not in shown(park)
    frame = park.monitoring.assign(month=[3.0, np.nan], limit=[200.0, np.nan])
    monthly = shown(replace(park, monitoring=frame))
    assert "2024-03" in monthly
    assert "200 μg/m3" in monthly
    assert "总磷" in monthly


def test_yearly_monitoring_is_listed_with_its_limit(make_park, shown):
    park = make_park()
    frame = park.monitoring.assign(month=np.nan, limit=[300.0, np.nan])
    assert "限值" in shown(replace(park, monitoring=frame))
    assert "限值" not in shown(park)
