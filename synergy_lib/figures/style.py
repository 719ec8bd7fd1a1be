"""How every figure looks: colours, fonts, sizes, and the SVG it becomes."""

from __future__ import annotations

import functools
import io
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from synergy_lib.errors import ExportError, Problem
from synergy_lib.resources import data_path

__all__ = [
    "CARRIER_COLOURS",
    "QUANTITY_COLOURS",
    "SIGNALS",
    "SOURCE_COLOURS",
    "TEXT_WIDTH_MM",
    "Dashes",
    "Look",
    "Signal",
    "add_font_folder",
    "check_glyphs",
    "figure_svg",
    "new_figure",
    "packaged_font",
    "register_fonts",
    "report_style",
    "styled",
]

FAMILY = "Noto Sans CJK SC"
# Where a character is looked for; matplotlib brings the last one along.
_FAMILIES = [FAMILY, "DejaVu Sans"]
TEXT_WIDTH_MM = 170.0
MM_PER_INCH = 25.4
POINTS_PER_INCH = 72.0
TEXT_SIZE_PT = 8.5
SMALL_SIZE_PT = 8.0

INK = "#1F2933"
MUTED = "#5F6B76"
FRAME = "#9AA5B1"
GRID = "#E4E7EB"
WHISKER = "#9AA5B1"
BAND = "#D3DAE2"
TRACK = "#E9EDF1"
OWN = "#1B4F8A"


@dataclass(frozen=True)
class Signal:
    """A traffic-light colour with the shape and hatch that say the same in grey."""

    colour: str
    marker: str
    hatch: str
    filled: bool = True

    @property
    def face(self) -> str:
        """Fill of a marker."""
        return self.colour if self.filled else "#FFFFFF"


SIGNALS: Mapping[str, Signal] = MappingProxyType(
    {
        "green": Signal("#1B9E77", "o", ""),
        "yellow": Signal("#E3A008", "^", "///"),
        "red": Signal("#A61C1C", "s", "xxx"),
        "grey": Signal("#7B8794", "D", "...", filled=False),
    }
)
# Light and dark alternate from one layer of a stack to the next, so that a grey
# print still separates them.
SOURCE_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "co2e_fuel_t": "#54443C",
        "co2e_heat_t": "#CC6A43",
        "co2e_electricity_t": "#EDBE55",
        "co2e_process_t": "#6687AE",
        "co2e_wastewater_t": "#A5D0C8",
        "co2e_recovered_t": "#FFFFFF",
        "co2e_scope1_t": "#54443C",
        "co2e_scope2_t": "#EDBE55",
        "co2e_scope12_t": "#34506E",
        "co2e_t": "#34506E",
    }
)
CARRIER_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "fuel_tce": SOURCE_COLOURS["co2e_fuel_t"],
        "heat_tce": SOURCE_COLOURS["co2e_heat_t"],
        "electricity_tce": SOURCE_COLOURS["co2e_electricity_t"],
        "nonfossil_other_tce": "#5B9A5F",
        "other_energy_tce": "#A9B4BD",
        "energy_tce": "#8A6116",
    }
)
QUANTITY_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "co2e_t": SOURCE_COLOURS["co2e_t"],
        "co2e_scope12_t": SOURCE_COLOURS["co2e_t"],
        "energy_tce": CARRIER_COLOURS["energy_tce"],
        "air_equivalent_kg": "#7C5AA6",
        "water_equivalent_kg": "#1F7A9C",
        "value_added_constant_10k_cny": "#4E7A27",
        "value_added_10k_cny": "#4E7A27",
        "output_value_10k_cny": "#7A7320",
        "vocs_kg": "#8E4E9E",
        "so2_kg": "#B36A12",
        "nox_kg": "#AE4535",
        "pm_kg": "#6E6259",
        "soot_kg": "#55504B",
        "dust_kg": "#8A7B6C",
        "cod_kg": "#1B7688",
        "nh3n_kg": "#33805E",
        "tn_kg": "#41639F",
        "toc_kg": "#5A559B",
        "tp_kg": "#7E7A2E",
    }
)

_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "synergy",
    "axes.unicode_minus": False,
    "text.parse_math": False,
    "font.size": TEXT_SIZE_PT,
    "axes.labelsize": SMALL_SIZE_PT,
    "axes.titlesize": TEXT_SIZE_PT,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.labelsize": SMALL_SIZE_PT,
    "ytick.labelsize": SMALL_SIZE_PT,
    "legend.fontsize": SMALL_SIZE_PT,
    "legend.frameon": False,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": FRAME,
    "axes.linewidth": 0.6,
    "xtick.color": FRAME,
    "ytick.color": FRAME,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 0.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.5,
    "lines.solid_capstyle": "round",
    "hatch.linewidth": 0.5,
    "figure.facecolor": "#FFFFFF",
    "figure.dpi": 100.0,
    "savefig.dpi": "figure",
}

# Keyword arguments that say how matplotlib draws something.
Look = dict[str, Any]
Dashes = tuple[float, tuple[float, ...]]
Params = ParamSpec("Params")
Returned = TypeVar("Returned")


@cache
def register_fonts() -> None:
    """Make matplotlib draw with the packaged font rather than an installed one.

    Raises
    ------
    ExportError
        If no Noto Sans CJK SC is packaged or installed.
    """
    manager = font_manager.fontManager
    for path in _font_files(data_path("fonts")):
        manager.addfont(path)
        # A font of that name may be installed; ties go to the first entry.
        manager.ttflist.insert(0, manager.ttflist.pop())
    try:
        font_manager.findfont(FAMILY, fallback_to_default=False)
    except ValueError as error:
        problem = Problem(
            str(data_path("fonts")),
            f"没有字体“{FAMILY}”，图中的汉字无法显示",
            hint="请重新安装 synergy_lib，或安装该字体",
        )
        raise ExportError(problem) from error


def add_font_folder(folder: Path) -> tuple[str, ...]:
    """Use further fonts for characters that the packaged one lacks.

    Parameters
    ----------
    folder : Path
        Folder of ``.otf`` and ``.ttf`` files; for this process.

    Returns
    -------
    tuple of str
        All font families, in the order in which a character is looked for.
    """
    for path in _font_files(folder):
        font_manager.fontManager.addfont(path)
        name = font_manager.fontManager.ttflist[-1].name
        if name not in _FAMILIES:
            _FAMILIES.insert(-1, name)
    return tuple(_FAMILIES)


@contextmanager
def report_style() -> Iterator[None]:
    """Set the fonts, sizes and colours of report figures, and put back the rest."""
    register_fonts()
    settings: Any = {**_STYLE, "font.family": list(_FAMILIES)}
    with mpl.rc_context(settings):
        yield


def styled(function: Callable[Params, Returned]) -> Callable[Params, Returned]:
    """Run a figure function under :func:`report_style`."""

    @functools.wraps(function)
    def wrapper(*args: Params.args, **kwargs: Params.kwargs) -> Returned:
        with report_style():
            return function(*args, **kwargs)

    return wrapper


@styled
def new_figure(width_mm: float = TEXT_WIDTH_MM, height_mm: float = 80.0) -> Figure:
    """Return an empty figure of a printed size in mm."""
    return Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH))


def check_glyphs(texts: Iterable[str]) -> None:
    """Raise where a character has no glyph in any registered font.

    Raises
    ------
    ExportError
        Naming the characters and where they stand.
    """
    known = _known_characters()
    problems = []
    for text in texts:
        missing = [c for c in dict.fromkeys(text) if ord(c) not in known and c != "\n"]
        if missing:
            names = "、".join(f"“{c}”（U+{ord(c):04X}）" for c in missing)
            problems.append(
                Problem(f"图中文字“{text}”", f"字体没有字符 {names}", hint="请补充字体")
            )
    if problems:
        raise ExportError(problems)


def figure_svg(figure: Figure) -> str:
    """Return a figure as SVG with real text; the same figure gives the same string.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Any figure; :func:`new_figure` and the ``plot_`` functions make suitable ones.

    Returns
    -------
    str
        One ``<svg>`` element without prologue, style sheet or metadata, so that it
        can stand inside a page; coordinates to 0.01 point.

    Raises
    ------
    ExportError
        If a character has no glyph, or matplotlib warns of anything.
    """
    buffer = io.StringIO()
    empty = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    try:
        with report_style(), warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            figure.savefig(buffer, format="svg", metadata=empty)
    except UserWarning as warning:
        check_glyphs(t.get_text() for t in figure.findobj(Text) if t.get_visible())
        raise ExportError(Problem("图", str(warning))) from warning
    return _lean(buffer.getvalue())


def _forget_open_fonts() -> None:
    """Drop open font files: a forked process would share their read position."""
    packaged_font.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_open_fonts)


def _font_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*") if p.suffix.lower() in (".otf", ".ttf"))


@cache
def packaged_font(bold: bool) -> FT2Font:
    """Return the face of the reports, scaled to 100 points, to measure text with."""
    register_fonts()
    weight = "bold" if bold else "normal"
    properties = font_manager.FontProperties(family=FAMILY, weight=weight)
    font = FT2Font(font_manager.findfont(properties))
    font.set_size(100, POINTS_PER_INCH)
    return font


@cache
def _characters(family: str) -> frozenset[int]:
    path = font_manager.findfont(family, fallback_to_default=False)
    return frozenset(font_manager.get_font(path).get_charmap())


def _known_characters() -> frozenset[int]:
    register_fonts()
    return frozenset[int]().union(*map(_characters, _FAMILIES))


def _lean(svg: str) -> str:
    """Strip what a page does not need from matplotlib's SVG."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = svg.replace("<svg ", '<svg stroke-linejoin="round" ', 1)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    return re.sub(r"<[^>]+>", _rounded, svg)


def _rounded(tag: re.Match[str]) -> str:
    return re.sub(r"(?<=[\s\"(,])-?\d+\.\d{3,}", lambda n: f"{float(n[0]):.2f}", tag[0])
