"""The parameter file that ``synergy new`` puts into a working folder."""

from __future__ import annotations

import re

__all__ = ["own_parameters"]

_NO_POLICIES = """\
# policies:                     # 差别化政策，填好后去掉行首的 #
#   - colour: yellow            # green、yellow 或 red
#     text_zh:
#     source:
"""


def own_parameters(example: str) -> str:
    """Return the demonstration's parameters turned into a park's own start."""
    own = {
        "park_id": "my_park",
        "park_name_zh": "（园区名称）",
        "park_name_en": "(name of the park)",
        "is_invented": "false",
        "data_source": "（数据来源，如 园区管委会年度填报）",
        "path": "data/park.xlsx",
    }
    for key, value in own.items():
        pattern = rf"^( *{key}:) \S.*?( *#.*)?$"
        example = re.sub(pattern, rf"\1 {value}\2", example, flags=re.MULTILINE)
    example = example.replace(" These are invented.", "")
    # Prices and policies of an invented park must not become somebody's by default.
    example = re.sub(r"^prices:\n((?:  .*\n)+)", _commented_prices, example, flags=re.M)
    example = re.sub(r"^policies:.*\n(?:  .*\n)+", _NO_POLICIES, example, flags=re.M)
    return example.split("\n\n", 1)[1] if example.startswith("# The demo") else example


def _commented_prices(block: re.Match[str]) -> str:
    """Return the block of prices as comments, for a person to fill in."""
    keys = [line.split(":")[0].strip() for line in block[1].splitlines()]
    return "# prices:                       # 本地价格，填好后去掉行首的 #\n" + "".join(
        f"#   {key}:\n" for key in keys
    )
