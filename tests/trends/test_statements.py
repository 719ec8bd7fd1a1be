import re

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.resources import parameters_path
from synergy_lib.trends.monotonic import trend_table
from synergy_lib.trends.statements import describe_trend, load_sentences


def statements(values, years=None, quantity="energy_tce", flags=None):
    years = range(2018, 2018 + len(values)) if years is None else years
    index = pd.MultiIndex.from_product([["E1"], years], names=["enterprise_id", "year"])
    data = pd.DataFrame({quantity: values}, index=index)
    row = trend_table(data, flags=flags).iloc[0]
    return row["statement_zh"], row["statement_en"]


def test_one_year_is_a_level_only():
    zh, en = statements([500.0])
    assert zh == (
        "综合能源消费量（当量值）：仅有 2018 年一年数据（500 tce），"
        "只能与基准比较水平，不能谈变化。"
    )
    assert "no change can be stated" in en


def test_two_years_are_a_change_not_a_trend():
    zh, en = statements([0.93, 0.54], [2020, 2022])
    assert "2020—2022 年（缺 2021 年）由 0.93 变为 0.54 tce，下降 41.9%" in zh
    assert "折合年均 −23.8%" in zh
    assert zh.endswith("这是变化，不是趋势。")
    assert en.endswith("two years make a change, not a trend.")


@pytest.mark.parametrize("values", [[3.0, 2.0, 1.0], [4.0, 3.0, 2.0, 1.0]])
def test_three_and_four_years_have_a_direction_and_no_two_sided_p(values):
    zh, en = statements(values)
    assert "连续下降" in zh
    assert "样本年数不足以做显著性判断" in zh
    assert "too few for a test of significance" in en
    for text in (zh, en):
        assert "p=" not in text
        assert "p<" not in text
        assert "双侧" not in text
        assert "显著下降" not in text
    assert "逐年变化量最小 −1、最大 −1 tce" in zh


def test_four_monotone_years_name_the_one_sided_probability():
    zh, _ = statements([4.0, 3.0, 2.0, 1.0])
    assert "单侧精确概率 0.042，仅供参考" in zh
    assert "单侧" not in statements([4.0, 3.0, 3.5, 1.0])[0]


def test_a_gap_is_not_called_consecutive():
    zh, _ = statements([3.0, 2.0, 1.0], [2018, 2020, 2021])
    assert "连续" not in zh
    assert "有数据的各年依次下降" in zh
    assert "缺 2019 年" in zh


def test_up_and_down_is_no_direction():
    assert "各年方向不一" in statements([1.0, 3.0, 2.0])[0]


def test_a_significant_trend_has_test_slope_and_interval():
    zh, en = statements([12.0, 10, 9, 7, 6])
    assert "显著下降（Mann–Kendall 精确检验，n=5，双侧 p=0.017）" in zh
    assert "Sen 斜率每年 −1.5 tce（90% 区间 −2 至 −1" in zh
    assert "期间最低 6、最高 12 tce" in zh
    assert "a significant fall in 2018–2022" in en


def test_nothing_detected_is_not_nothing_changed():
    zh, en = statements([10.0, 12, 9, 11, 10.5, 9.5])
    assert "未检出显著趋势" in zh
    assert re.search(r"每年变化不足约 [\d.]+ tce 的趋势，6 年数据检不出。$", zh)
    assert "Not detected is not the same as unchanged" in en


def test_growth_is_undefined_on_zero_and_negative_values():
    zh, en = statements([-2.0, 1.0, 4.0])
    assert "起始值为零或负值，不计变化率" in zh
    assert "年均变化率无定义，年均变化量 3 tce" in zh
    assert "no growth rate" in en


def test_a_constant_series_has_not_changed():
    zh, en = statements([5.0] * 5)
    assert zh.endswith("各年均为 5 tce，没有变化。")
    assert "5 tce in every year" in en
    assert "各年持平" in statements([5.0] * 3)[0]


def test_no_statement_contains_nan():
    rng = np.random.default_rng(2)
    for n in range(8):
        for values in (rng.normal(0, 1, n), np.zeros(n), rng.normal(9, 1, n)):
            if n:
                zh, en = statements(values)
                assert "nan" not in zh + en
                assert zh.endswith("。")
                assert en.endswith(".")


def test_a_falling_intensity_names_what_else_may_have_moved_it():
    intensity = "co2e_t_per_value_added_constant_10k_cny"
    zh, en = statements([5.0, 4.0, 3.0], quantity=intensity)
    assert "强度下降可能来自价格、电网因子或产品结构的变化" in zh
    assert en.endswith("before it counts as a reduction.")
    assert "电网因子" not in statements([3.0, 4.0, 5.0], quantity=intensity)[0]
    assert "电网因子" not in statements([5.0, 4.0, 3.0])[0]


def test_flagged_years_are_named_and_kept():
    index = pd.MultiIndex.from_tuples(
        [("E1", 2020), ("E2", 2019)], names=["enterprise_id", "year"]
    )
    flags = pd.Series(["停产", "疫情"], index=index)
    zh, en = statements([12.0, 10, 9, 7, 6], flags=flags)
    assert zh.endswith("非正常年份已标注、未剔除：2020（停产）。")
    assert "2020（停产）" in en
    assert "n=5" in zh  # the year counts
    assert "2019" not in zh.split("未剔除")[1]


# --- the bank ---------------------------------------------------------------------


def bank_lines():
    text = parameters_path("sentences", "trends.csv").read_text(encoding="utf-8")
    return text.splitlines()


def write_bank(folder, lines):
    path = folder / "trends.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def line_of(lines, name):
    return next(k for k, line in enumerate(lines) if line.startswith(f"{name},"))


def test_shipped_bank_says_a_significance_of_five_years_at_least():
    bank = load_sentences()
    assert len({sentence.id for sentence in bank.values()}) == len(bank)
    for name in ("rising", "falling", "not_detected"):
        assert bank[f"verdict:{name}"].minimum_n == 5
    assert bank["slope:share"].minimum_n == 5
    assert bank["verdict:direction_only"].minimum_n == 3


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("change", "{span}", "{spam}", r"第 5 行 text_zh：未知占位符“spam”.*“span”"),
        ("span", "{first_year}", "{slope}", r"text_zh：未知占位符“slope”"),
        ("span", "{first_year}", "{first_year", r"text_zh：未知占位符"),
        ("no_data", "no data.", "", r"第 3 行 text_en：空缺；应为：两种语言的文字"),
        ("no_data", ",0,", ",-1,", r"第 3 行 minimum_n：“-1”；应为：不小于 0 的整数"),
        ("rising", "verdict:rising", "verdict:rise", r"未知条件“verdict:rise”"),
        ("rising", "verdict:rising", "verdict:rise", r"没有“verdict:rising”的句子"),
        ("rising", ",R21a", ",R99", r"source：未知来源“R99”"),
        ("rising", "rising", "falling", r"第 9、10 行 id：“falling”重复"),
        ("no_data", "no_data", "", r"第 3 行 id：空缺"),
    ],
)
def test_a_wrong_bank_is_refused_by_row_and_column(tmp_path, name, old, new, message):
    lines = bank_lines()
    k = line_of(lines, name)
    lines[k] = lines[k].replace(old, new, 1)
    path = write_bank(tmp_path, lines)
    with pytest.raises(ParameterError, match=message):
        load_sentences(path)


def test_a_bank_without_a_column_is_refused(tmp_path):
    path = write_bank(tmp_path, ["id,trigger,text_zh,text_en,source"])
    with pytest.raises(ParameterError, match="缺少列 minimum_n"):
        load_sentences(path)


def test_a_higher_minimum_makes_the_sentence_give_way(tmp_path):
    lines = bank_lines()
    k = line_of(lines, "falling")
    lines[k] = lines[k].replace(",5,", ",8,", 1)
    bank = load_sentences(write_bank(tmp_path, lines))
    index = pd.MultiIndex.from_product(
        [["E1"], range(2018, 2023)], names=["enterprise_id", "year"]
    )
    data = pd.DataFrame({"energy_tce": [12.0, 10, 9, 7, 6]}, index=index)
    row = trend_table(data).iloc[0].to_dict() | {"years": tuple(range(2018, 2023))}
    text = describe_trend(row, label="能耗", sentences=bank)
    assert "显著下降" not in text
    assert "样本年数不足以做显著性判断" in text
