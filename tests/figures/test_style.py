"""Fonts, SVG and palette of the report figures."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib import font_manager
from matplotlib.colors import to_rgb

from synergy_lib.errors import ExportError
from synergy_lib.figures.style import (
    CARRIER_COLOURS,
    QUANTITY_COLOURS,
    SIGNALS,
    SOURCE_COLOURS,
    add_font_folder,
    check_glyphs,
    figure_svg,
    new_figure,
    register_fonts,
    report_style,
)
from synergy_lib.resources import data_path


def lightness(colour: str) -> float:
    """Return CIE L* of a colour: what a grey print keeps."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
              for c in to_rgb(colour)]  # fmt: skip
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * luminance ** (1 / 3) - 16


def test_new_figure_has_the_printed_size() -> None:
    figure = new_figure(170, 60)
    assert figure.get_size_inches() * 25.4 == pytest.approx([170, 60])


def test_report_style_uses_the_packaged_font_and_is_undone() -> None:
    before = mpl.rcParams["font.family"]
    with report_style():
        assert mpl.rcParams["font.family"][0] == "Noto Sans CJK SC"
        assert mpl.rcParams["svg.fonttype"] == "none"
        assert mpl.rcParams["axes.unicode_minus"] is False
        path = Path(font_manager.findfont("Noto Sans CJK SC"))
    assert path.parent == data_path("fonts")
    assert mpl.rcParams["font.family"] == before


def test_figure_svg_escapes_text_and_needs_no_style_sheet() -> None:
    figure = new_figure(60, 20)
    with report_style():
        figure.text(0.1, 0.5, "<药业> & $x$")
    svg = figure_svg(figure)
    assert svg.startswith("<svg ")
    assert svg.rstrip().endswith("</svg>")
    assert "&lt;药业&gt; &amp; $x$" in svg
    for unwanted in ("<style", "<metadata", "<!--", '<g id="'):
        assert unwanted not in svg


def test_figure_svg_rounds_coordinates_but_not_texts() -> None:
    figure = new_figure(60, 20)
    with report_style():
        figure.text(1 / 3, 0.5, "3.14159265")
    svg = figure_svg(figure)
    assert ">3.14159265<" in svg
    assert 'x="56.69"' in svg  # 60 mm / 3 = 56.6929 pt


def test_figure_svg_missing_glyph_names_the_character() -> None:
    figure = new_figure(60, 20)
    figure.text(0.1, 0.5, "药业🜀")
    with pytest.raises(ExportError, match="U\\+1F700"):
        figure_svg(figure)


def test_check_glyphs_collects_every_problem() -> None:
    with pytest.raises(ExportError) as raised:
        check_glyphs(["甲🜀", "乙", "丙🜁"])
    assert len(raised.value.problems) == 2


def test_register_fonts_without_the_font_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("synergy_lib.figures.style.data_path", lambda *_: tmp_path)
    monkeypatch.setattr("synergy_lib.figures.style.FAMILY", "No Such Family")
    with pytest.raises(ExportError, match="No Such Family"):
        register_fonts.__wrapped__()


def test_add_font_folder_of_nothing_changes_nothing(tmp_path: Path) -> None:
    families = add_font_folder(tmp_path)
    assert families[0] == "Noto Sans CJK SC"
    assert families[-1] == "DejaVu Sans"


def test_signals_differ_without_colour() -> None:
    assert len({s.marker for s in SIGNALS.values()}) == 4
    assert len({s.hatch for s in SIGNALS.values()}) == 4
    levels = sorted(lightness(SIGNALS[c].colour) for c in ("red", "green", "yellow"))
    assert min(b - a for a, b in pairwise(levels)) > 10


@pytest.mark.parametrize(
    "stack",
    [
        [
            SOURCE_COLOURS[f"co2e_{k}_t"]
            for k in ("fuel", "heat", "electricity", "process", "wastewater")
        ],
        [
            CARRIER_COLOURS[f"{k}_tce"]
            for k in ("fuel", "heat", "electricity", "nonfossil_other")
        ],
    ],
    ids=["sources", "carriers"],
)
def test_neighbours_of_a_stack_differ_in_grey(stack: list[str]) -> None:
    levels = [lightness(colour) for colour in stack]
    steps = [abs(b - a) for a, b in pairwise(levels)]
    assert min(steps) > 15


def test_lines_are_dark_enough_on_white() -> None:
    assert max(lightness(c) for c in QUANTITY_COLOURS.values()) < 56


def test_figures_import_neither_pyplot_nor_seaborn() -> None:
    code = (
        "import sys, synergy_lib.figures.park, synergy_lib.figures.techniques, "
        "synergy_lib.figures.ranking, synergy_lib.figures.accounts; "
        "print({'matplotlib.pyplot', 'seaborn', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
def test_forked_processes_do_not_share_an_open_font() -> None:
    """A shared font file has one read position: glyphs of one kernel break another."""
    script = (
        "import os, sys\n"
        "from synergy_lib.figures.style import packaged_font\n"
        "packaged_font(False).load_char(ord('减'))\n"
        "children = []\n"
        "for _ in range(12):\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        try:\n"
        "            for high in range(0xb0, 0xb8):\n"
        "                for low in range(0xa1, 0xfa):\n"
        "                    character = bytes([high, low]).decode('gb2312')\n"
        "                    packaged_font(False).load_char(ord(character))\n"
        "        except BaseException:\n"
        "            os._exit(1)\n"
        "        os._exit(0)\n"
        "    children.append(pid)\n"
        "codes = [os.waitpid(pid, 0)[1] for pid in children]\n"
        "sys.exit(any(codes))\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True)
    assert result.returncode == 0, result.stderr
