"""The bank of sentences: what it refuses, by row and column."""

import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.resources import parameters_path
from synergy_lib.sentences import load_bank

ALLOWED = {"a:b": ("name",), "a:c": ()}
HEAD = "id,trigger,minimum_n,text_zh,text_en,source"


def write(folder, *rows):
    path = folder / "bank.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_sentence_is_filled(tmp_path):
    path = write(
        tmp_path, "one,a:b,2,{name}升,{name} rises,PROJECT", "two,a:c,0,无,none,PROJECT"
    )
    bank = load_bank(path, ALLOWED)
    assert bank["a:b"].minimum_n == 2
    assert bank["a:b"].fill("zh", {"name": "碳"}) == "碳升"
    assert bank["a:c"].fill("en", {}) == "none"


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("one,a:x,2,无,none,PROJECT", "第 2 行 trigger：未知条件“a:x”"),
        ("one,a:b,x,无,none,PROJECT", "第 2 行 minimum_n"),
        ("one,a:b,2,{nome},none,PROJECT", "第 2 行 text_zh：未知占位符“nome”"),
        ("one,a:b,2,无,,PROJECT", "第 2 行 text_en：空缺"),
        ("one,a:b,2,无,none,NOBODY", "第 2 行 source：未知来源“NOBODY”"),
        (",a:b,2,无,none,PROJECT", "第 2 行 id：空缺"),
        ("two,a:b,2,无,none,PROJECT", "第 2、3 行 id：“two”重复"),
    ],
)
def test_what_is_wrong_is_named_with_row_and_column(tmp_path, row, text):
    path = write(tmp_path, row, "two,a:c,0,无,none,PROJECT")
    with pytest.raises(ParameterError) as caught:
        load_bank(path, ALLOWED)
    assert text in str(caught.value)


def test_every_trigger_needs_a_sentence(tmp_path):
    path = write(tmp_path, "one,a:b,2,无,none,PROJECT")
    with pytest.raises(ParameterError, match="没有“a:c”的句子"):
        load_bank(path, ALLOWED)


def test_ids_of_the_shipped_banks_are_distinct():
    ids = [
        line.split(",")[0]
        for path in parameters_path("sentences").glob("*.csv")
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    ]
    assert len(ids) == len(set(ids))
