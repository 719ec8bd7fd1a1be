import pandas as pd

from synergy_lib.reporting.tables.rows import carbon_basis_note, named_rows, tag_note


def test_named_rows_keep_a_column_called_name():
    rows = list(named_rows(pd.DataFrame({"name": ["甲"], "value": [1.5]})))
    assert (rows[0].name_, rows[0].value) == ("甲", 1.5)


def test_named_rows_are_python_values_of_their_column():
    frame = pd.DataFrame({"n": [1, 2], "value": [0.5, None], "text": ["甲", None]})
    first, second = named_rows(frame)
    assert (type(first.n), type(first.value)) == (int, float)
    assert first == (1, 0.5, "甲")
    assert pd.isna(second.value)
    assert pd.isna(second.text)


def test_tag_note_explains_both_marks():
    for language in ("zh", "en"):
        assert "[P]" in tag_note(language)
        assert "[GK]" in tag_note(language)


def test_carbon_basis_note_says_calculated_or_disclosed(make_enterprise, make_park):
    assert "位置法" in carbon_basis_note(make_park())
    reported = make_enterprise("en", meta={"carbon_basis": "reported"})
    assert carbon_basis_note(reported) == (
        "Carbon as the enterprises disclosed it, not recalculated."
    )
