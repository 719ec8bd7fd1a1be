"""Names that people script against exist, with their first arguments."""

import importlib
import inspect

import pytest

NAMES = {
    "scoring.normalization.minmax": ["values", "direction"],
    "scoring.normalization.goalposts": ["values", "baseline", "benchmark"],
    "scoring.weighting.entropy": ["values"],
    "scoring.weighting.critic": ["values", "direction"],
    "scoring.weighting.ahp": ["matrix"],
    "scoring.weighting.game": ["subjective", "objective"],
    "scoring.aggregation.arithmetic": ["scores", "weights"],
    "scoring.aggregation.geometric": ["scores", "weights"],
    "scoring.aggregation.topsis": ["values", "weights", "direction"],
    "scoring.coupling.coupling_degree": ["subsystems", "variant"],
    "scoring.coupling.coordination_degree": ["subsystems"],
    "scoring.framework.read_framework": ["path"],
    "scoring.index.score_index": ["values", "framework", "normalization"],
    "scoring.robustness.rank_intervals": ["scores", "weights", "draws", "seed"],
    "trends.monotonic.mann_kendall": ["series"],
    "trends.monotonic.sen_slope": ["series"],
    "trends.decoupling.tapio": ["pressure", "driver"],
    "trends.decomposition.lmdi": ["start", "end", "kind", "variant"],
    "techniques.economics.capital_recovery_factor": ["rate", "years"],
    "techniques.economics.net_present_value": ["cash_flows", "rate"],
    "techniques.economics.internal_rate_of_return": ["cash_flows"],
    "techniques.economics.abatement_cost": [
        *("investment", "annual_saving", "annual_reduction", "rate", "years")
    ],
    "techniques.portfolio.combine": ["fractions"],
    "accounting.pollutants.equivalents": ["masses_kg", "medium"],
    "accounting.carbon.account_carbon": ["panel", "factors"],
}


@pytest.mark.parametrize(("name", "arguments"), NAMES.items())
def test_name_and_first_arguments(name, arguments):
    module, _, function = f"synergy_lib.{name}".rpartition(".")
    found = getattr(importlib.import_module(module), function)
    assert list(inspect.signature(found).parameters)[: len(arguments)] == arguments
