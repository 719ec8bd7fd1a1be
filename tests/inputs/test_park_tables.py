import numpy as np
import pytest

from synergy_lib.errors import InputDataError
from synergy_lib.inputs.park_tables import PROPOSALS, STREAMS, read_park_table

HEADER = "project_id,project_name,co2e_t,value_added_10k_cny"


@pytest.fixture
def write(tmp_path):
    def put(*lines, encoding="utf-8"):
        path = tmp_path / "projects.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return put


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_read_keeps_ids_and_leaves_gaps_missing(write, encoding):
    path = write(HEADER, "001,新建原料药,1500,", "", encoding=encoding)
    table = read_park_table(path, PROPOSALS)
    assert table.index.tolist() == [2]
    assert table.loc[2, "project_id"] == "001"
    assert table.loc[2, "project_name"] == "新建原料药"
    assert table.loc[2, "co2e_t"] == 1500
    assert np.isnan(table.loc[2, "value_added_10k_cny"])
    assert np.isnan(table.loc[2, "retired_co2e_t"])


def test_every_problem_names_row_and_column(write):
    path = write(HEADER, "1,a,many,5", "1,,-3,x")
    with pytest.raises(InputDataError) as caught:
        read_park_table(path, PROPOSALS)
    text = str(caught.value)
    for part in (
        "projects.csv co2e_t 第 2 行：“many” 不是数字",
        "projects.csv co2e_t 第 3 行：“-3” 过小；应为：不小于 0",
        "projects.csv project_id 第 3 行：“1” 重复",
        "projects.csv project_name 第 3 行：“” 缺少内容",
        "projects.csv value_added_10k_cny 第 3 行：“x” 不是数字",
    ):
        assert part in text


def test_wrong_columns_are_named(write):
    with pytest.raises(InputDataError, match="缺少列 co2e_t；最接近的是“co2_t”"):
        read_park_table(write("project_id,project_name,co2_t"), PROPOSALS)


def test_choices_are_checked(write):
    header = "stream_id,enterprise_id,side,material,amount_t,quality_class"
    path = write(f"{header},avoided_cost_cny_per_t", "s,1,sell,乙醇,5,1,10")
    with pytest.raises(
        InputDataError, match="“sell” 不在可选项中；应为：offer、demand"
    ):
        read_park_table(path, STREAMS)


def test_no_file_and_no_table(write, tmp_path):
    with pytest.raises(InputDataError, match="没有这个文件"):
        read_park_table(tmp_path / "none.csv", PROPOSALS)
    with pytest.raises(InputDataError, match="不是有效的 CSV"):
        read_park_table(write(""), PROPOSALS)
