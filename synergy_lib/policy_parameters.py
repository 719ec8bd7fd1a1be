"""What a park does differently with enterprises of different colour."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from synergy_lib.yaml_files import StrictModel

__all__ = ["PolicyParameters"]


class PolicyParameters(StrictModel):
    """A measure of the park for the enterprises of one colour (差别化政策).

    It is printed in the reports of these enterprises, never where the colour is not
    sure enough to be told.
    """

    colour: Literal["green", "yellow", "red"]
    text_zh: str = Field(min_length=1)
    text_en: str = ""
    source: str = ""
