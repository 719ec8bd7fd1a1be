import re

import numpy as np

from synergy_lib.techniques.basis import describe_status
from synergy_lib.techniques.effects import estimate_effects

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_sentence_names_own_figure_and_year(panel, accounts, factors, catalogue):
    table = estimate_effects(panel, accounts, factors, catalogue, 2022)
    for row in table[table["status"] == "estimated"].itertuples():
        assert row.basis.startswith("以本企业2022年数据计：")
        assert row.basis.endswith("。")
        assert row.basis_en.startswith("From own 2022 data: ")
        assert re.search(r"\d", row.basis.removeprefix("以本企业2022年数据计："))


def test_english_sentences_have_no_chinese(panel, accounts, factors, catalogue):
    table = estimate_effects(panel, accounts, factors, catalogue, 2022)
    assert not [text for text in table["basis_en"] if CHINESE.search(text)]


def test_parts_with_a_zero_base_are_left_out(panel, accounts, factors, catalogue):
    data = panel.assign(solvent_fresh_t=0.0)
    table = estimate_effects(data, accounts, factors, catalogue, 2022)
    text = table.set_index("technique_id").loc["T02", "basis"]
    assert "溶剂" not in text
    assert "外购热力（蒸汽） 100,000 GJ × 受影响比例 20% [P]：外购热力减 30%" in text


def test_describe_status_names_the_failing_condition(catalogue):
    record = catalogue.techniques.loc["T18"]
    texts = [
        describe_status(
            lambda _: np.array([2.0]),
            record,
            np.array(["not_applicable"], object),
            np.array(["land_mu"], object),
            language=language,
        )[0]
        for language in ("zh", "en")
    ]
    assert texts == ["不适用：用地面积为 2。", "Not applicable: Land area is 2."]
