import base64
import io

import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.reporting.export.content.media import (
    decode,
    read_data_uri,
    read_raster,
    read_svg,
    svg_text,
)

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">{}</svg>'


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_raster_size_is_read_from_the_bytes(kind):
    stream = io.BytesIO()
    PIL.Image.new("L", (37, 21)).save(stream, kind)
    image = read_raster(stream.getvalue())
    assert image is not None
    assert (image.width, image.height) == (37, 21)
    assert image.mime == f"image/{kind.lower()}"


@given(st.binary(max_size=60))
def test_other_bytes_are_no_image(data):
    assert read_raster(b"x" + data) is None


@pytest.mark.parametrize("data", [b"\xff\xd8", b"\xff\xd8\xff\xe0\x00\x04", b"GIF89a"])
def test_cut_off_images_are_refused(data):
    assert read_raster(data) is None


def test_decode_refuses_what_is_not_base64():
    assert decode("QUJD") == b"ABC"
    assert decode(["QU\n", "JD"]) == b"ABC"
    assert decode("***") == b""


def test_svg_size_from_width_or_view_box():
    image = read_svg(SVG.format(""))
    assert image is not None
    assert (image.width, image.height) == (60, 30)
    points = read_svg('<svg xmlns="http://www.w3.org/2000/svg" width="72pt" '
                      'height="36pt"/>')  # fmt: skip
    assert points is not None
    assert points.width == pytest.approx(96)
    boxed = read_svg('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"/>')
    assert boxed is not None
    assert (boxed.width, boxed.height) == (8, 4)


def test_svg_loses_everything_active():
    image = read_svg(
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x" "y">'
        + SVG.replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" '
                      'onload="alert(1)" ').format(
            "<script>alert(2)</script><foreignObject><p>x</p></foreignObject>"
            '<image xlink:href="https://example.org/a.png"/>'
            '<image href="/etc/passwd"/>'
            '<use xlink:href="#a"/><rect style="fill:url(http://x)"/>'
            '<rect fill="url(#g)"/><style>@import "http://x"; a{fill:red}</style>'
        )
    )  # fmt: skip
    assert image is not None
    text = image.data.decode()
    for gone in ("alert", "foreignObject", "example.org", "passwd", "http://x", "DOCT"):
        assert gone not in text
    for kept in ('xlink:href="#a"', "url(#g)", "a{fill:red}"):
        assert kept in text


@pytest.mark.parametrize(
    "source",
    [
        "",
        "not xml",
        "<svg",
        "<p>html</p>",
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<!DOCTYPE svg [<!ENTITY a "x">]>' + SVG.format("&a;"),
    ],
)
def test_unusable_svg_is_refused(source):
    assert read_svg(source) is None


def test_svg_text_is_found_in_every_element():
    image = read_svg(SVG.format("<title>no</title><text>甲<tspan>乙</tspan>丙</text>"))
    assert image is not None
    assert "".join(svg_text(image.data)).strip() == "甲乙丙"


def test_data_uri():
    png = io.BytesIO()
    PIL.Image.new("L", (3, 2)).save(png, "PNG")
    address = "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()
    image = read_data_uri(address)
    assert image is not None
    assert image.width == 3
    svg = base64.b64encode(SVG.format("").encode()).decode()
    assert read_data_uri(f"data:image/svg+xml;base64,{svg}") is not None
    assert read_data_uri("https://example.org/a.png") is None
    assert read_data_uri("data:text/html;base64,QUJD") is None
