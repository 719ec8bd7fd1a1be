"""Which fonts a document is set in, and whether they have all its characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from synergy_lib.errors import ExportError, Problem
from synergy_lib.resources import data_path

__all__ = ["FAMILY", "FontSet", "check_characters", "load_fonts", "text_width"]

FAMILY = "Noto Sans CJK SC"
FALLBACK_FAMILY = "DejaVu Sans"
FALLBACK_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
SUFFIXES = frozenset([".otf", ".ttf", ".otc", ".ttc"])
SHOWN_MAX = 20
# Never drawn, so no font needs them: layout turns them into something else.
NOT_DRAWN = frozenset("\n\t\v\u200b\u2060")


@dataclass(frozen=True)
class FontSet:
    """The fonts of one document.

    Parameters
    ----------
    paths : tuple of str
        Folders given to the typesetter.
    families : tuple of str
        Family names, in the order in which they are asked for a character.
    characters : frozenset of int
        Code points that at least one of them has.
    """

    paths: tuple[str, ...]
    families: tuple[str, ...]
    characters: frozenset[int]


def load_fonts(extra_font_paths: Iterable[str | Path] = ()) -> FontSet:
    """Return the packaged fonts and those of further folders.

    Parameters
    ----------
    extra_font_paths : iterable of str or Path, optional
        Folders searched after the packaged fonts, and before the folder
        ``synergy/fonts`` of the user's configuration directory.

    Returns
    -------
    FontSet
        Fonts of the operating system are never among them.

    Raises
    ------
    ExportError
        If the packaged fonts or a folder named in `extra_font_paths` are missing.
    """
    import platformdirs

    folders = [Path(path) for path in extra_font_paths]
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing:
        hint = "改正 extra_font_paths"
        raise ExportError(
            [Problem(str(folder), "字体文件夹不存在", hint=hint) for folder in missing]
        )
    user = Path(platformdirs.user_config_dir("synergy", appauthor=False)) / "fonts"
    folders += [user] if user.is_dir() else []
    files = tuple(
        sorted(
            str(file)
            for folder in folders
            for file in folder.rglob("*")
            if file.suffix.lower() in SUFFIXES
        )
    )
    return _font_set(files, tuple(str(folder) for folder in folders))


@lru_cache(maxsize=8)
def _font_set(files: tuple[str, ...], folders: tuple[str, ...]) -> FontSet:
    packaged = [packaged_font("Regular"), packaged_font("Bold")]
    lacking = [
        Problem(str(file), "程序自带的字体缺失")
        for file in packaged
        if not file.is_file()
    ]
    if lacking:
        raise ExportError(lacking)
    fallback = _fallback_files()
    characters: set[int] = set()
    for file in (packaged[0], *fallback[:1], *map(Path, files)):
        characters |= _characters(file)
    paths = (str(packaged[0].parent), *(str(f.parent) for f in fallback[:1]), *folders)
    families = [FAMILY, FALLBACK_FAMILY] if fallback else [FAMILY]
    families += [name for name in _families(folders) if name not in families]
    return FontSet(paths, tuple(families), frozenset(characters))


def packaged_font(weight: str) -> Path:
    """Return the file of the packaged font of one weight, "Regular" or "Bold"."""
    return data_path("fonts", f"NotoSansCJKsc-{weight}.otf")


def _fallback_files() -> list[Path]:
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    files = [folder / name for name in FALLBACK_FILES]
    return [file for file in files if file.is_file()]


def _families(folders: Sequence[str]) -> list[str]:
    if not folders:
        return []
    import typst

    found = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=list(folders),
    )
    return list(found.families())


@lru_cache(maxsize=64)
def _characters(file: Path) -> frozenset[int]:
    from fontTools.ttLib import (  # type: ignore[import-untyped]
        TTCollection,
        TTFont,
    )

    data = file.read_bytes()
    stream = BytesIO(data)
    is_collection = data.startswith(b"ttcf")
    fonts = TTCollection(stream).fonts if is_collection else [TTFont(stream)]
    return frozenset(code for font in fonts for code in font.getBestCmap() or ())


def check_characters(texts: Iterable[str], fonts: FontSet) -> None:
    """Refuse text that has a character no font can draw.

    Parameters
    ----------
    texts : iterable of str
        Everything the document draws.
    fonts : FontSet
        The fonts it is drawn with.

    Raises
    ------
    ExportError
        Naming every missing character, its code point, and a text it is in.
    """
    where: dict[str, str] = {}
    for text in texts:
        for character in set(text) - where.keys() - NOT_DRAWN:
            if ord(character) not in fonts.characters:
                where[character] = text
    if not where:
        return
    problems: list[Problem | str] = [
        Problem(
            _around(text, character),
            f"字体中没有字符“{character}”（{_code(character)}）",
            hint="把含有该字的字体放入用户配置目录的 synergy/fonts 文件夹",
        )
        for character, text in sorted(where.items())[:SHOWN_MAX]
    ]
    if len(where) > SHOWN_MAX:
        problems.append(f"共有 {len(where)} 个字符缺少字形，只列出前 {SHOWN_MAX} 个")
    raise ExportError(problems)


def _code(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".strip()


def _around(text: str, character: str) -> str:
    at = text.index(character)
    return "“" + " ".join(text[max(0, at - 12) : at + 12].split()) + "”"


def text_width(text: str) -> float:
    """Return the width of a text set on one line in the packaged regular font.

    Parameters
    ----------
    text : str
        One line.

    Returns
    -------
    float
        Sum of the glyphs' advances, without kerning. [em]
    """
    advances = _advances()
    return sum(advances.get(ord(character), 1.0) for character in text)


@lru_cache(maxsize=1)
def _advances() -> dict[int, float]:
    from fontTools.ttLib import TTFont

    font = TTFont(BytesIO(packaged_font("Regular").read_bytes()))
    metrics, units = font["hmtx"].metrics, font["head"].unitsPerEm
    return {code: metrics[name][0] / units for code, name in font.getBestCmap().items()}
