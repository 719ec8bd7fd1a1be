"""LaTeX formulas as readable text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synergy_lib.reporting.export.content.blocks import Content, Run, Script, clean

__all__ = ["read_formula"]

_GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu "
    "xi pi rho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta "
    "Lambda Xi Pi Sigma Phi Psi Omega"
)
_SIGNS = (
    "times cdot div pm le leq ge geq ne neq approx equiv sim propto infty sum prod int "
    "partial nabla in notin subset cup cap forall exists to rightarrow leftarrow "
    "Rightarrow ldots dots cdots mid circ ast star langle rangle lVert rVert prime "
    "ll gg"
)
_NAMES = (
    "text mathrm mathbf mathit mathsf mathcal mathbb operatorname textbf textit bar "
    "hat tilde vec overline underline boxed mbox"
)
_SYMBOLS = {
    **dict(
        zip(
            _GREEK.split(),
            "αβγδεεζηθικλμνξπρσςτυφφχψωΓΔΘΛΞΠΣΦΨΩ",
            strict=True,
        )
    ),
    **dict(
        zip(
            _SIGNS.split(),
            "×·÷±≤≤≥≥≠≠≈≡∼∝∞∑∏∫∂∇∈∉⊂∪∩∀∃→→←⇒……⋯|°∗★〈〉‖‖′≪≫",
            strict=True,
        )
    ),
    "quad": " ",
    "qquad": "  ",
    ",": " ",
    ";": " ",
    ":": " ",
    "!": "",
    " ": " ",
    "\\": "\n",
    "|": "‖",
    "left": "",
    "right": "",
    "big": "",
    "Big": "",
    "displaystyle": "",
    "limits": "",
    "nonumber": "",
}
_TRANSPARENT = frozenset(_NAMES.split())
_SKIPPED = frozenset(["begin", "end", "label", "tag", "color"])
_TOKEN = re.compile(r"\\([A-Za-z]+)\*?|\\(.)|([{}^_])|([^\\{}^_]+)", re.DOTALL)
_DEPTH_MAX = 40


def read_formula(source: str) -> Content:
    r"""Return a LaTeX formula as runs of plain, raised and lowered text.

    Parameters
    ----------
    source : str
        LaTeX, with or without dollar signs.

    Returns
    -------
    tuple of Run
        Symbols as Unicode, ``\frac{a}{b}`` as a/b, the rest as written. Nothing is
        refused: an unknown command leaves its name.

    Examples
    --------
    >>> "".join(run.text for run in read_formula(r"$\frac{a+1}{b} \times x_2$"))
    '(a+1)/b × x2'
    """
    text = re.sub(r"^\s*\$+|\$+\s*$", "", clean(source)).replace("&", "")
    tokens = [match.group(0) for match in _TOKEN.finditer(text)]
    return tuple(run for run in _Reader(tokens).group(depth=0) if run.text)


class _Reader:
    """A cursor over the tokens of one formula."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def group(self, depth: int) -> Iterator[Run]:
        """Yield runs up to the closing brace or the end."""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token == "}":
                return
            yield from self.item(token, depth)

    def item(self, token: str, depth: int) -> Iterator[Run]:
        """Yield what one token, with its arguments, stands for."""
        if depth > _DEPTH_MAX:
            yield Run(token)
        elif token == "{":
            yield from self.group(depth + 1)
        elif token in "^_":
            script: Script = "super" if token == "^" else "sub"
            for run in self.argument(depth):
                yield run if run.script else Run(run.text, script=script)
        elif token.startswith("\\"):
            yield from self.command(token[1:].rstrip("*"), depth)
        else:
            yield Run(re.sub(r"\s+", " ", token).replace("-", "−"))

    def argument(self, depth: int) -> list[Run]:
        """Return the argument that follows: a group, a command or one character."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        if self.at >= len(self.tokens):
            return []
        token = self.tokens[self.at]
        self.at += 1
        if token == "}":
            self.at -= 1
            return []
        if token[0] not in "\\{^_" and len(token) > 1:
            stripped = token.lstrip()
            self.at -= 1
            self.tokens[self.at] = stripped[1:]
            token = stripped[0]
        return list(self.item(token, depth + 1))

    def command(self, name: str, depth: int) -> Iterator[Run]:
        """Yield what a command stands for."""
        if name in ("frac", "dfrac", "tfrac"):
            above, below = self.argument(depth), self.argument(depth)
            yield from (*_bracketed(above), Run("/"), *_bracketed(below))
        elif name == "sqrt":
            yield from (Run("√"), *_bracketed(self.argument(depth)))
        elif name in _TRANSPARENT:
            yield from self.argument(depth)
        elif name in _SKIPPED:
            self.argument(depth)
        else:
            yield Run(_SYMBOLS.get(name, name))


def _bracketed(runs: list[Run]) -> list[Run]:
    simple = len(runs) == 1 and re.fullmatch(r"[\w.]+", runs[0].text.strip())
    return runs if simple else [Run("("), *runs, Run(")")]
