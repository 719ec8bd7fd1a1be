"""What a park does with enterprises of each colour."""

from __future__ import annotations

from synergy_lib.reporting.formatting import colour_name, text
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice

__all__ = ["describe_park_policies", "describe_policy"]


def describe_policy(data: EnterpriseSlice) -> list[str]:
    """Return what the park does with enterprises of this one's colour.

    Nothing is derived from a colour that is not sure enough to be shown.
    """
    language, policies = data.meta["language"], data.meta["policies"]
    if not policies:
        return []
    colour = data.headline["colour"]
    if colour not in ("green", "yellow", "red"):
        return [
            text(
                language,
                "颜色不确定，不据此采取差别化政策。",
                "The colour is uncertain: no differentiated policy follows from it.",
            )
        ]
    own = [_told(item, language) for item in policies if item["colour"] == colour]
    if not own:
        return []
    name = colour_name(colour, language)
    listed = text(language, "；", "; ").join(own)
    return [
        text(
            language,
            f"本园区对{name}色企业的差别化政策：{listed}。",
            f"The park's policy for {name} enterprises: {listed}.",
        )
    ]


def describe_park_policies(data: ParkSlice) -> list[str]:
    """Return the park's policies with the number of enterprises they meet."""
    language, sentences = data.meta["language"], []
    for colour in ("green", "yellow", "red"):
        own = [
            _told(item, language)
            for item in data.meta["policies"]
            if item["colour"] == colour
        ]
        if not own:
            continue
        count = int((data.enterprises["colour"] == colour).sum())
        name, listed = (
            colour_name(colour, language),
            text(language, "；", "; ").join(own),
        )
        sentences.append(
            text(
                language,
                f"{name}色 {count} 家：{listed}。",
                f"{name.capitalize()} ({count}): {listed}.",
            )
        )
    return sentences


def _told(item: dict[str, str], language: str) -> str:
    """Return a policy with its source, if it has one."""
    source = text(language, f"（{item['source']}）", f" ({item['source']})")
    return f"{item['text']}{source if item['source'] else ''}"
