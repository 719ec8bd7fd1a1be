import pandas as pd
from matplotlib.patches import FancyArrowPatch

from synergy_lib.figures.decisions.symbiosis import (
    MOST_FLOWS,
    THICKEST_PT,
    plot_symbiosis,
)

FLOWS = pd.DataFrame(
    {
        "supplier_id": ["A", "A", "B", "A"],
        "receiver_id": ["C", "D", "C", "C"],
        "material": ["废乙醇", "废乙醇", "副产盐", "废乙醇"],
        "amount_t": [60.0, 30, 20, 40],
    }
)


def arrows(ax):
    return [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_flows_of_one_pair_and_material_are_one_arrow():
    ax = plot_symbiosis(FLOWS)
    found = arrows(ax)
    assert len(found) == 3
    assert found[0].get_linewidth() == THICKEST_PT
    assert {"A  130 t", "B  20.0 t", "C  120 t", "D  30.0 t"} <= set(texts(ax))


def test_materials_are_told_apart_by_dashes_too():
    found = arrows(plot_symbiosis(FLOWS))
    assert found[0].get_linestyle() != found[2].get_linestyle()
    assert found[0].get_edgecolor() != found[2].get_edgecolor()


def test_the_rest_is_counted():
    many = pd.concat(
        [FLOWS.iloc[:1].assign(supplier_id=f"S{i}") for i in range(MOST_FLOWS + 2)]
    )
    assert any("另有 2 项未列出" in text for text in texts(plot_symbiosis(many)))
