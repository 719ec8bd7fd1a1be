"""A notebook with every kind of output the exporters know."""

from __future__ import annotations

import base64
import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

OWN = "application/vnd.synergy.{}+json"


def png(width: int = 1, height: int = 1) -> str:
    """Return a grey PNG in base64."""
    stream = io.BytesIO()
    PIL.Image.new("L", (width, height), 128).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


def markdown(source: str, **fields: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **fields}


def display(data: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": metadata, "data": data}


def code(
    *outputs: dict[str, Any], source: str = "show()", tags: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {"tags": list(tags)},
        "source": source,
        "outputs": list(outputs),
    }


def notebook(*cells: dict[str, Any], **synergy: Any) -> dict[str, Any]:
    cells = copy.deepcopy(cells)
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    metadata = {"synergy": synergy} if synergy else {}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": metadata,
        "cells": list(cells),
    }


@pytest.fixture
def build() -> Callable[..., Any]:
    """Return a function that makes a notebook of cells."""
    return notebook


@pytest.fixture
def cells() -> Any:
    """Return the functions that make cells and outputs."""

    class Cells:
        markdown = staticmethod(markdown)
        code = staticmethod(code)
        display = staticmethod(display)
        png = staticmethod(png)

        @staticmethod
        def own(kind: str, body: Any, **others: Any) -> dict[str, Any]:
            """Return a code cell with one of the report's own outputs."""
            return code(display({OWN.format(kind): body, "text/plain": "", **others}))

        @staticmethod
        def svg(inside: str = "") -> str:
            """Return a small SVG."""
            return (
                '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">'
                f'<rect width="9" height="9"/>{inside}</svg>'
            )

    return Cells


@pytest.fixture(scope="session")
def sample_notebook() -> dict[str, Any]:
    """Return a notebook with every kind of output."""
    path = Path(__file__).with_name("sample_notebook.json")
    return json.loads(path.read_text(encoding="utf-8"))
