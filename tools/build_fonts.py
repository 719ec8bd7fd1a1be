"""Make the two subset fonts that travel in ``synergy_lib/data/fonts``.

Needs fontTools, the two Noto Sans CJK collections of Debian's package
``fonts-noto-cjk`` and ``Unihan_OtherMappings.txt`` of Debian's ``unicode-data``::

    python tools/build_fonts.py NotoSansCJK-Regular.ttc NotoSansCJK-Bold.ttc \
        Unihan_OtherMappings.txt.bz2 synergy_lib/data/fonts

The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import bz2
from collections.abc import Iterator, Sequence
from pathlib import Path

from fontTools import subset
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTCollection, TTFont

FAMILY = "Noto Sans CJK SC"
TABLE_OF_STANDARD_CHARACTERS = 8105
BLOCKS = (
    (0x0020, 0x007E, "Basic Latin"),
    (0x00A0, 0x00FF, "Latin-1"),
    (0x0100, 0x017F, "Latin Extended-A"),
    (0x02B0, 0x02FF, "modifier letters"),
    (0x0370, 0x03FF, "Greek"),
    (0x0400, 0x045F, "Cyrillic"),
    (0x1E00, 0x1EFF, "Latin Extended Additional"),
    (0x2000, 0x206F, "general punctuation"),
    (0x2070, 0x209F, "superscripts and subscripts"),
    (0x20A0, 0x20BF, "currency"),
    (0x2100, 0x214F, "letterlike symbols"),
    (0x2150, 0x218F, "number forms"),
    (0x2190, 0x21FF, "arrows"),
    (0x2200, 0x22FF, "mathematical operators"),
    (0x2300, 0x23FF, "technical"),
    (0x2460, 0x24FF, "enclosed numbers"),
    (0x2500, 0x257F, "box drawing"),
    (0x2580, 0x259F, "block elements"),
    (0x25A0, 0x25FF, "geometric shapes"),
    (0x2600, 0x26FF, "miscellaneous symbols"),
    (0x2700, 0x27BF, "dingbats"),
    (0x3000, 0x303F, "CJK punctuation"),
    (0x3040, 0x30FF, "kana"),
    (0x3200, 0x32FF, "enclosed CJK"),
    (0x3300, 0x33FF, "CJK units"),
    (0xFE30, 0xFE4F, "CJK compatibility forms"),
    (0xFF00, 0xFFEF, "full-width forms"),
)
# Noto Sans CJK has no subscripts and few superscripts, which CO₂ and m³ need: they
# are drawn from the face's own figures and signs, smaller and moved.
SCRIPT_SCALE = 0.62
SUBSCRIPT_SHIFT = -140
SUPERSCRIPT_SHIFT = 440
SCRIPT_SOURCES = "0123456789+-=()nx"
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿˣ"
SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙₓ"


def standard_characters(unihan: Path) -> set[int]:
    """Return the code points of 通用规范汉字表 (2013), from Unihan's field kTGH.

    Parameters
    ----------
    unihan : Path
        ``Unihan_OtherMappings.txt``, plain or bzip2.

    Returns
    -------
    set of int
        The 8,105 characters.

    Raises
    ------
    ValueError
        If the file does not give exactly 8,105 characters.
    """
    data = unihan.read_bytes()
    text = (bz2.decompress(data) if unihan.suffix == ".bz2" else data).decode("utf-8")
    found = {
        int(line.split("\t")[0][2:], 16)
        for line in text.splitlines()
        if line.startswith("U+") and "\tkTGH\t" in line
    }
    if len(found) != TABLE_OF_STANDARD_CHARACTERS:
        raise ValueError(f"{unihan.name}: kTGH lists {len(found)} characters, not 8105")
    return found


def gb2312_characters() -> Iterator[int]:
    """Yield every code point of GB 2312-80, as Python's codec knows it."""
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            text = bytes([row, cell]).decode("gb2312", errors="ignore")
            if text:
                yield ord(text)


def wanted_characters(unihan: Path) -> set[int]:
    """Return the union of the standard table, GB 2312 and the symbol blocks."""
    wanted = standard_characters(unihan) | set(gb2312_characters())
    for first, last, _ in BLOCKS:
        wanted.update(range(first, last + 1))
    return wanted


def read_face(collection: Path) -> TTFont:
    """Return the simplified Chinese face of a Noto Sans CJK collection."""
    for font in TTCollection(collection, lazy=True).fonts:
        if font["name"].getDebugName(1) == FAMILY:
            return font
    raise ValueError(f"{collection.name}: no face named {FAMILY}")


def add_scaled(font: TTFont, character: str, source: str, shift: int) -> None:
    """Add one glyph to a CID-keyed font: another glyph, smaller and moved.

    Parameters
    ----------
    font : TTFont
        The subset font, changed in place.
    character : str
        The character the new glyph is for.
    source : str
        The character whose glyph is scaled by ``SCRIPT_SCALE``.
    shift : int
        Vertical move in font units.
    """
    top = font["CFF "].cff.topDictIndex[0]
    cmap = font.getBestCmap()
    origin = cmap[ord("\N{MINUS SIGN}" if source == "-" else source)]
    select = top.FDSelect[font.getGlyphID(origin)]
    private = top.FDArray[select].Private
    width = round(font["hmtx"][origin][0] * SCRIPT_SCALE)
    pen = T2CharStringPen(width - private.nominalWidthX, None)
    scaled = (SCRIPT_SCALE, 0, 0, SCRIPT_SCALE, 0, shift)
    font.getGlyphSet()[origin].draw(TransformPen(pen, scaled))
    taken = set(top.charset)
    name = next(cid for i in range(1, 65535) if (cid := f"cid{i:05d}") not in taken)
    strings = top.CharStrings
    strings.charStringsIndex.append(pen.getCharString(private, top.GlobalSubrs))
    strings.charStrings[name] = len(strings.charStringsIndex) - 1
    top.charset.append(name)
    top.FDSelect.gidArray.append(select)
    if font.getGlyphOrder()[-1] != name:
        font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["hmtx"][name] = (width, 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(character)] = name


def add_scripts(font: TTFont) -> None:
    """Add the superscripts and subscripts that the face lacks."""
    present = set(font.getBestCmap())
    for wanted, shift in (
        (SUPERSCRIPTS, SUPERSCRIPT_SHIFT),
        (SUBSCRIPTS, SUBSCRIPT_SHIFT),
    ):
        for character, source in zip(wanted, SCRIPT_SOURCES, strict=True):
            if ord(character) not in present:
                add_scaled(font, character, source, shift)


def build(collection: Path, characters: set[int], target: Path) -> int:
    """Write one subset font.

    Parameters
    ----------
    collection : Path
        The ``.ttc`` of one weight.
    characters : set of int
        Code points to keep; those the face lacks are left out.
    target : Path
        The ``.otf`` to write.

    Returns
    -------
    int
        Number of code points in the result.
    """
    options = subset.Options(
        layout_features=["kern", "mark", "ccmp", "halt"],
        name_languages=[0x409, 0x804],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 13, 14],
        hinting=False,
        notdef_outline=True,
        recalc_timestamp=False,
        drop_tables=["VORG", "vhea", "vmtx", "BASE"],
    )
    font = read_face(collection)
    font.recalcTimestamp = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    add_scripts(font)
    font.save(target)
    return len(font.getBestCmap())


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write both fonts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("regular", "bold", "unihan", "folder"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args(arguments)
    characters = wanted_characters(given.unihan)
    for weight in ("Regular", "Bold"):
        target = given.folder / f"NotoSansCJKsc-{weight}.otf"
        count = build(getattr(given, weight.lower()), characters, target)
        size = target.stat().st_size / 1e6
        print(f"{target.name}: {count} characters, {size:.2f} MB")


if __name__ == "__main__":
    main()
