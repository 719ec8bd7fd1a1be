import io
from pathlib import Path

import platformdirs
import pytest

from synergy_lib.errors import ExportError
from synergy_lib.reporting.export.fonts import (
    FAMILY,
    check_characters,
    load_fonts,
    packaged_font,
    text_width,
)


@pytest.fixture(autouse=True)
def no_user_fonts(monkeypatch, tmp_path):
    monkeypatch.setattr(platformdirs, "user_config_dir", lambda *a, **k: str(tmp_path))
    return tmp_path / "fonts"


def test_packaged_fonts_have_what_reports_need():
    characters = load_fonts().characters
    needed = (
        "减污降碳协同增效示用人行方台州堃喆㎡℃µ‰³²₂₃ₓ⁻αβγΔΣ≤≥±×÷≈→↓①■●▲“”—…（），。％"
    )
    assert not [c for c in needed if ord(c) not in characters]
    chinese = {ord(bytes([row, cell]).decode("gb2312"))
               for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFA)}  # fmt: skip
    assert chinese <= characters


def test_both_weights_have_the_same_characters_and_name():
    from fontTools.ttLib import TTFont

    regular, bold = (
        TTFont(io.BytesIO(packaged_font(w).read_bytes())) for w in ("Regular", "Bold")
    )
    assert regular.getBestCmap().keys() == bold.getBestCmap().keys()
    assert {f["name"].getDebugName(1) for f in (regular, bold)} == {FAMILY}
    for font in (regular, bold):
        assert packaged_font("Regular").stat().st_size < 3.5e6
        assert font["OS/2"].fsType == 0


def test_missing_character_is_named_with_its_text():
    with pytest.raises(ExportError) as caught:
        check_characters(["浙江𠮷田化工", "正常", "🫠"], load_fonts())
    message = str(caught.value)
    assert "𠮷" in message
    assert "U+20BB7" in message
    assert "浙江𠮷田化工" in message
    assert "U+1FAE0" in message
    assert len(caught.value.problems) == 2


def test_many_missing_characters_are_counted():
    text = "".join(map(chr, range(0x20000, 0x20040)))
    with pytest.raises(ExportError, match="共有 64 个"):
        check_characters([text], load_fonts())


def test_further_folder_is_used(no_user_fonts):
    matplotlib_fonts = [path for path in load_fonts().paths if "matplotlib" in path]
    source = Path(matplotlib_fonts[0]) / "STIXGeneral.ttf"
    character = "\ue000"
    before = load_fonts()
    assert ord(character) not in before.characters
    no_user_fonts.mkdir()
    (no_user_fonts / source.name).write_bytes(source.read_bytes())
    after = load_fonts()
    assert after.characters > before.characters
    assert after.families[: len(before.families)] == before.families
    assert len(after.families) == len(before.families) + 1
    assert load_fonts([no_user_fonts]).characters == after.characters


def test_folder_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(ExportError, match="字体文件夹不存在"):
        load_fonts([tmp_path / "none"])


def test_text_width_in_em():
    assert text_width("") == 0
    assert text_width("中文") == pytest.approx(2.0)
    assert text_width("00") == pytest.approx(1.11, abs=0.01)
