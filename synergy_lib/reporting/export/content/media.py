"""Images from notebooks: what they are, how large, and whether they are safe."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Iterator
from xml.etree import ElementTree

from synergy_lib.reporting.export.content.blocks import Image, clean

__all__ = ["decode", "read_data_uri", "read_raster", "read_svg", "svg_text"]

MIME_TYPES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif")
PIXELS_PER_UNIT = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "in": 96.0,
}
_SVG_ACTIVE = frozenset(
    ["script", "foreignObject", "iframe", "audio", "video", "animate", "set"]
)
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*([a-z]*)\s*")

ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def decode(data: object) -> bytes:
    """Return the bytes of a base64 string or list of strings; empty if it is not."""
    text = "".join(data) if isinstance(data, list) else str(data)
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def read_raster(data: bytes) -> Image | None:
    """Return a PNG, JPEG or GIF with its size in pixels; None if it is none of them.

    The kind is read from the bytes: what the notebook calls them does not count.
    """
    size: tuple[int, int] | None = None
    mime = ""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) > 24:
        mime, size = "image/png", struct.unpack(">II", data[16:24])
    elif data.startswith((b"GIF87a", b"GIF89a")) and len(data) > 10:
        mime, size = "image/gif", struct.unpack("<HH", data[6:10])
    elif data.startswith(b"\xff\xd8"):
        mime, size = "image/jpeg", _jpeg_size(data)
    if not size or not all(size):
        return None
    return Image(data, mime, float(size[0]), float(size[1]))


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None


def read_data_uri(address: str) -> Image | None:
    """Return the image inside a ``data:`` address; None for any other address."""
    head, _, body = address.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        return None
    data = decode(body)
    if head.startswith("data:image/svg+xml"):
        return read_svg(data.decode("utf-8", errors="replace"))
    return read_raster(data)


def read_svg(source: str) -> Image | None:
    """Return an SVG without scripts, event handlers and links to other files.

    Parameters
    ----------
    source : str
        The SVG's text.

    Returns
    -------
    Image or None
        None if the text is not well-formed XML, declares entities, or is not SVG.
    """
    if "<!ENTITY" in source:
        return None
    try:
        root = ElementTree.fromstring(_trimmed(source))
    except (ElementTree.ParseError, ValueError):
        return None
    if _local(root.tag) != "svg":
        return None
    width, height = _svg_size(root)
    if not width or not height:
        return None
    _strip(root)
    return Image(_serialise(root), "image/svg+xml", width, height)


def svg_text(data: bytes) -> Iterator[str]:
    """Yield every piece of text an SVG draws."""
    for element in ElementTree.fromstring(data).iter():
        if _local(element.tag) in ("text", "tspan", "textPath"):
            yield element.text or ""
        yield element.tail or ""


def _trimmed(source: str) -> str:
    return re.sub(r"^.*?(?=<svg|<[\w.-]+:svg)", "", source, count=1, flags=re.DOTALL)


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _svg_size(root: ElementTree.Element) -> tuple[float, float]:
    width, height = _pixels(root.get("width")), _pixels(root.get("height"))
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    try:
        box_width, box_height = float(box[2]), float(box[3])
    except (IndexError, ValueError):
        return width, height
    return (width or box_width), (height or box_height)


def _pixels(length: str | None) -> float:
    match = _LENGTH.fullmatch(length or "")
    if not match:
        return 0.0
    return float(match[1]) * PIXELS_PER_UNIT.get(match[2], 0.0)


def _strip(element: ElementTree.Element) -> None:
    for child in list(element):
        if _local(child.tag) in _SVG_ACTIVE or not isinstance(child.tag, str):
            element.remove(child)
        else:
            _strip(child)
    for name, value in list(element.attrib.items()):
        local = _local(name).lower()
        outside = local == "href" and not value.strip().startswith(("#", "data:image/"))
        imports = "url(" in value and not re.search(r"url\(\s*[\"']?#", value)
        if local.startswith("on") or outside or imports:
            del element.attrib[name]
    if _local(element.tag) == "style" and element.text:
        element.text = re.sub(
            r"@import[^;]*;?|url\(\s*[\"']?(?!#)[^)]*\)", "", element.text
        )
    element.text = clean(element.text) if element.text else element.text
    element.tail = clean(element.tail) if element.tail else element.tail


def _serialise(root: ElementTree.Element) -> bytes:
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
