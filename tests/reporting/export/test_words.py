from synergy_lib.reporting.export.words import words_of


def test_both_languages_have_the_same_words():
    assert words_of("zh").keys() == words_of("en").keys()
