"""The words and signs that formulas are written with: the whole whitelist of the grader, in one place."""

from __future__ import annotations

from rpsdg.math_domains.trees import FUNCTIONS

__all__ = [
    "BRACKETS",
    "COMMANDS",
    "CONSTANTS",
    "EMPTY_SPACE",
    "FUNCTION_WORDS",
    "GREEK",
    "IGNORED",
    "QUESTION_WORDS",
    "RAISED",
    "TYPES",
    "UNICODE",
    "WORDS",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GREEK = _words(
    """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho
    sigma tau phi varphi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega
    """
)

FUNCTION_WORDS: dict[str, str] = {
    **{name: name for name in FUNCTIONS if name != "sqrt"},
    **dict.fromkeys(("ln", "log"), "log"), "lg": "log10", "Abs": "abs", "tg": "tan", "ctg": "cot",
    "cosec": "csc",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctg": "atan",
    "arccot": "acot", "acot": "acot", "arcsec": "asec", "asec": "asec", "arccsc": "acsc", "acsc": "acsc",
    "sech": "sech", "csch": "csch", "coth": "coth",
    "arcsinh": "asinh", "asinh": "asinh", "arsinh": "asinh", "arccosh": "acosh", "acosh": "acosh",
    "arcosh": "acosh", "arctanh": "atanh", "atanh": "atanh", "artanh": "atanh",
    "det": "det", "Determinant": "det", "Inverse": "inv", "Matrix": "matrix", "array": "matrix",
}  # fmt: skip
"""Function by what it is written as; `meanings` puts what trees have no name for into their words."""

CONSTANTS: dict[str, str] = {
    "pi": "pi", "inf": "oo", "infinity": "oo", "infty": "oo", "oo": "oo",
}  # fmt: skip

QUESTION_WORDS = _words(
    """
    int iint oint integral Integral integrate Derivative diff differentiate derivative lim limit
    Limit sum Sum prod Product solve solveset evalf simplify expand factor nsolve dsolve RootOf
    """
)
"""What says that something is still to be worked out."""

STATEMENT_WORDS: dict[str, str] = {
    "Eq": "=", "Ne": "!=", "Lt": "<", "Le": "<=", "Gt": ">", "Ge": ">=", "Or": "or", "And": "and",
    "FiniteSet": "{}",
}  # fmt: skip
"""What SymPy writes statements and sets with, by what they are here."""

WORDS: dict[str, tuple[str, str]] = {
    **{word: ("statement", head) for word, head in STATEMENT_WORDS.items()},
    "or": ("or", "or"), "and": ("and", "and"), "in": ("relation", "in"), "union": ("operator", "cup"),
    "cup": ("operator", "cup"), "sqrt": ("root", "sqrt"), "cbrt": ("root", "cbrt"),
    "pm": ("operator", "pm"), "degrees": ("postfix", "degree"), "degree": ("postfix", "degree"),
    "deg": ("postfix", "degree"), "const": ("name", "const"), "constant": ("name", "const"),
}  # fmt: skip

IGNORED = _words(
    """
    displaystyle textstyle limits nolimits quad qquad big Big bigg Bigg bigl bigr Bigl Bigr biggl
    biggr Biggl Biggr mathstrut thinspace medspace thickspace hline
    """
)
"""Commands that change how a formula looks and not what it says."""

EMPTY_SPACE = _words("phantom hphantom vphantom hspace vspace")
"""Commands that leave room: for what stands in braces behind them, or as much as that says."""

TYPES = _words("text mathrm textrm operatorname mbox mathit mathbf textbf boldsymbol mathbb mathcal")
"""Commands that set a word or a name in another type."""

COMMANDS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), ("frac", "frac")),
    "sqrt": ("root", "sqrt"), "binom": ("frac", "binom"),
    **dict.fromkeys(("cdot", "times", "ast"), ("operator", "*")), "div": ("operator", "/"),
    "pm": ("operator", "pm"), "mp": ("operator", "mp"),
    **dict.fromkeys(("le", "leq", "leqslant"), ("relation", "<=")),
    **dict.fromkeys(("ge", "geq", "geqslant"), ("relation", ">=")),
    **dict.fromkeys(("ne", "neq"), ("relation", "!=")),
    "lt": ("relation", "<"), "gt": ("relation", ">"),
    **dict.fromkeys(("approx", "simeq", "sim", "thickapprox"), ("about", "about")),
    "in": ("relation", "in"), "cup": ("operator", "cup"), "cap": ("operator", "cap"),
    **dict.fromkeys(("setminus", "smallsetminus", "backslash"), ("operator", "setminus")),
    **dict.fromkeys(("lor", "vee"), ("or", "or")), **dict.fromkeys(("land", "wedge"), ("and", "and")),
    **dict.fromkeys(("emptyset", "varnothing"), ("empty", "empty")),
    **dict.fromkeys(("circ", "degree"), ("postfix", "degree")),
    **dict.fromkeys(("ldots", "dots", "cdots", "dotsc", "dotsb"), ("dots", "...")),
    **dict.fromkeys(("lvert", "vert", "rvert"), ("bar", "|")), "mid": ("such", "|"),
    "langle": ("open", "("), "rangle": ("close", ")"),
    **dict.fromkeys(
        ("Rightarrow", "implies", "Longrightarrow", "therefore", "to", "rightarrow", "iff", "Leftrightarrow"),
        ("then", "then"),
    ),
    "prime": ("prime", "'"), "infty": ("name", "oo"), "pi": ("name", "pi"), "exp": ("function", "exp"),
    "lbrace": ("open", "\\{"), "rbrace": ("close", "\\}"), "lbrack": ("open", "["), "rbrack": ("close", "]"),
    "{": ("open", "\\{"), "}": ("close", "\\}"), "%": ("postfix", "percent"), "\\": ("break", "\\\\"),
    **{name: ("name", name) for name in GREEK},
    **{name: ("function", value) for name, value in FUNCTION_WORDS.items() if name.islower()},
}  # fmt: skip
"""Kind and value of the token that a LaTeX command stands for."""

BRACKETS = {"(": ")", "[": "]", "{": "}", "\\{": "\\}"}

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ", "0123456789-n")
"""Raised digits by what they are; a run of them is one exponent."""

_SUBSCRIPTS = {c: f"_{d}" for d, c in enumerate("₀₁₂₃₄₅₆₇₈₉")}
_FULL_WIDTH = {chr(0xFF01 + k): chr(0x21 + k) for k in range(94)}

UNICODE = str.maketrans({
    **_SUBSCRIPTS, **_FULL_WIDTH,
    **dict.fromkeys("−–—‐‑‒﹣", "-"), **dict.fromkeys("×·⋅∙∗•", "*"), **dict.fromkeys("÷⁄∕", "/"),
    "√": "\\sqrt ", "∛": "\\sqrt[3] ", "π": "\\pi ", "∞": "\\infty ", "≤": "\\le ", "⩽": "\\le ",
    "≥": "\\ge ", "⩾": "\\ge ", "≠": "\\ne ", "≈": "\\approx ", "±": "\\pm ", "∓": "\\mp ", "∪": "\\cup ",
    "∩": "\\cap ", "∈": "\\in ", "∅": "\\emptyset ", "∖": "\\setminus ", "ℝ": "\\mathbb{R}",
    "°": "\\circ ", "∫": "\\int ", "∑": "\\sum ", "∨": "\\lor ", "∧": "\\land ", "…": "\\ldots ",
    "⇒": "\\implies ", "→": "\\to ", "⟹": "\\implies ", "∴": "\\therefore ",
    "½": "(1/2)", "⅓": "(1/3)", "⅔": "(2/3)", "¼": "(1/4)", "¾": "(3/4)",
    "⅕": "(1/5)", "⅙": "(1/6)", "⅛": "(1/8)",
    "θ": "\\theta ", "α": "\\alpha ", "β": "\\beta ", "γ": "\\gamma ", "φ": "\\phi ", "λ": "\\lambda ",
    "′": "'", "″": "''", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": "", "\ufeff": "",
})  # fmt: skip
"""What signs beyond ASCII stand for."""
