r"""What the commands of LaTeX are to the reader. To read one more, a row here.

A command that stands in no table is an unknown name, never an error of the display.
"""

from __future__ import annotations

from derive.notation.latex_names import GREEK

LETTERS = {name: name for name in GREEK} | {
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "varphi", "varrho": "rho", "varsigma": "sigma",
    "imath": "i", "jmath": "j", "hslash": "hbar", "hbar": "hbar",
}  # fmt: skip

RELATIONS = {
    "=": "=", "<": "<", ">": ">", "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=", "geq": ">=",
    "geqslant": ">=", "lt": "<", "gt": ">", "ne": "!=", "neq": "!=", "approx": "~=", "simeq": "~=", "cong": "~=",
    "propto": "prop", "equiv": "=", "triangleq": ":=", "coloneqq": ":=", "doteq": ":=", "coloneq": ":=",
    "sim": "~", "in": "in", "notin": "in", "subset": "in", "subseteq": "in", "leftarrow": "<-", "gets": "<-",
    "to": "to", "rightarrow": "to", "longrightarrow": "to", "mapsto": "to", "ll": "<", "gg": ">", "perp": "perp",
    "preceq": "<<=", "succeq": ">>=", "prec": "<<", "succ": ">>", "preccurlyeq": "<<=", "succcurlyeq": ">>=",
    "lesssim": "<=", "gtrsim": ">=", "stackrel": "", "uparrow": "to", "downarrow": "to",
}  # fmt: skip
ARROWS = {  # between claims
    "implies", "Rightarrow", "Longrightarrow", "iff", "Leftrightarrow", "Longleftrightarrow", "therefore",
    "because", "Leftarrow", "impliedby", "leadsto", "rightsquigarrow", "leftrightarrow", "land", "wedge",
}  # fmt: skip
OPERATORS = {
    "+": "+", "-": "-", "/": "/", "times": "times", "cdot": "cdot", "odot": "odot", "circ": "odot", "oslash": "/",
    "otimes": "otimes", "ast": "star", "bullet": "cdot", "div": "/", "pm": "pm", "mp": "pm", "oplus": "oplus",
    "setminus": "setminus", "cup": "cup", "cap": "cup",
}  # fmt: skip
BRACKETS = {  # the name of each side
    "(": ("open", "("), ")": ("close", ")"), "[": ("open", "["), "]": ("close", "]"),
    "{": ("open", "{"), "}": ("close", "}"), "lbrace": ("open", "{"), "rbrace": ("close", "}"),
    "lbrack": ("open", "["), "rbrack": ("close", "]"), "langle": ("open", "<"), "rangle": ("close", ">"),
    "lvert": ("open", "|"), "rvert": ("close", "|"), "lVert": ("open", "||"), "rVert": ("close", "||"),
    "lfloor": ("open", "floor"), "rfloor": ("close", "floor"), "lceil": ("open", "ceil"), "rceil": ("close", "ceil"),
    "llbracket": ("open", "[["), "rrbracket": ("close", "[["),
    "|": ("bar", "||"), "Vert": ("bar", "||"), "parallel": ("bar", "||"), "vert": ("bar", "|"), "mid": ("bar", "|"),
}  # fmt: skip
CLOSERS = {
    "(": ")", "[": "]", "{": "}", "<": ">", "|": "|", "||": "||", "floor": "floor", "ceil": "ceil", "[[": "[[",
}  # fmt: skip

FONTS = {
    "mathbf": "bold", "boldsymbol": "bold", "bm": "bold", "pmb": "bold", "textbf": "bold", "mathbfit": "bold",
    "symbf": "bold", "bold": "bold", "vb": "bold", "va": "bold",
    "mathrm": "roman", "mathsf": "roman", "mathit": "roman", "mathtt": "roman", "mathnormal": "", "textit": "roman",
    "operatorname": "roman", "operatornamewithlimits": "roman", "textrm": "roman", "texttt": "roman",
    "textsf": "roman", "textnormal": "roman", "symup": "roman",
    "mathcal": "cal", "mathscr": "cal", "mathfrak": "frak", "mathbb": "bb", "mathds": "bb", "mathbbm": "bb",
    "emph": "roman",
}  # fmt: skip
SWITCHES = {"bf", "rm", "it", "cal", "sf", "tt", "bfseries", "itshape", "em"}  # `{\bf W}`: of no meaning
ACCENTS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
    "dot": "dot", "ddot": "ddot", "vec": "vec", "overrightarrow": "vec", "underline": "underline",
    "check": "check", "breve": "breve", "mathring": "ring",
}  # fmt: skip
UNMARKED = {"vec", "underline"}  # accents that mean "a vector" and name nothing
TEXTS = {"text", "mbox", "textup", "hbox", "textmd", "intertext", "shortintertext"}

FUNCTIONS = {  # words and commands that take an argument, by the name of the operation
    "exp": "exp", "log": "log", "ln": "log", "sin": "sin", "cos": "cos", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "arctan": "arctan", "tan": "tan", "det": "det", "tr": "trace", "Tr": "trace", "trace": "trace",
    "diag": "diag", "Diag": "diag", "diagpart": "diagpart", "Var": "Var", "var": "var", "Cov": "Cov", "cov": "Cov",
    "softmax": "softmax", "sigmoid": "sigmoid", "softplus": "softplus", "logsigmoid": "logsigmoid",
    "relu": "relu", "ReLU": "relu", "Relu": "relu", "sign": "sign", "sgn": "sign", "erf": "erf", "step": "step",
    "mean": "mean", "rowsum": "rowsum", "colsum": "colsum", "logsumexp": "logsumexp", "LSE": "logsumexp",
    "logdet": "logdet", "vec": "vec", "rank": "rank", "inv": "inv", "abs": "abs", "norm": "norm",
    "sqrt": "sqrt", "outer": "outer", "arcsin": "arcsin", "arccos": "arccos", "KL": "KL", "Std": "Std", "std": "Std",
    "sech": "sech", "csch": "csch", "coth": "coth", "sec": "sec", "csc": "csc", "cot": "cot",
    "logit": "logit", "Attention": "Attention", "argmin": "argmin", "argmax": "argmax", "Phi": "Phi",
    "reverse": "reverse", "solve": "solve",
}  # fmt: skip
GREEK_FUNCTIONS = {
    "sigma": "sigmoid",
    "varphi": "phi",
    "Phi": "Phi",
    "phi": "phi",
}  # where nothing else is declared
DOTTED = {"dot": 1, "ddot": 2}  # above the name of a function: which derivative of it
BIG = {
    "sum": "sum", "prod": "prod", "max": "max", "min": "min", "argmin": "argmin", "argmax": "argmax",
    "int": "int", "lim": "lim", "bigcup": "union", "sup": "max", "inf": "min", "limsup": "lim", "iint": "int",
    "bigoplus": "union", "bigotimes": "union", "bigodot": "prod", "coprod": "union", "oint": "int",
}  # fmt: skip
DOTS = {"dots", "ldots", "cdots", "vdots", "ddots", "dotsc", "dotsb", "dotsm", "dotsi", "dotso", "hdots"}
MARKS = {
    "infty": "inf", "top": "top", "intercal": "top", "transpose": "top", "T": "top", "dagger": "dagger",
    "star": "star", "bot": "bot", "emptyset": "empty", "varnothing": "empty", "forall": "forall", "exists": "exists",
    "neg": "neg", "degree": "degree", "Re": "Re", "Im": "Im", "square": "square", "blacksquare": "square",
    "qed": "square", "Box": "square", "checkmark": "check", "angle": "angle", "triangle": "triangle",
    "lor": "or", "vee": "or", "%": "percent", "#": "number", "$": "dollar", "S": "section", "backslash": "backslash",
}  # fmt: skip
DROPPED = {  # of no meaning
    "displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle", "limits", "nolimits", "nonumber", "notag",
    "mathstrut", "strut", "allowbreak", "noindent", "par", "hfill", "hline", "thinspace", "medspace",
    "thickspace", "negthinspace", "smallskip", "medskip", "bigskip", "newline", "centering", "relax", "null",
    "mathop", "mathbin", "mathrel", "mathopen", "mathclose", "mathpunct", "mathord", "mathinner",
    "substack", "displaylimits", "hdashline", "toprule", "midrule", "bottomrule", "cancel", "bcancel",
    "xcancel", "smash", "llap", "rlap", "mathrlap", "mathllap", "mathclap", "left", "right", "middle", "colon",
    "space", "enspace", "nobreakspace", "qedhere", "small", "normalsize", "large", "footnotesize", "underbrace",
    "overbrace", "big", "Big", "bigg", "Bigg", "bigl", "Bigl", "biggl", "Biggl", "bigr", "Bigr", "biggr", "Biggr",
    "bigm", "Bigm", "biggm", "Biggm", ",", ";", ":", "!", ">", " ", "/", "-", "@", "linebreak", "pagebreak",
    "displaybreak", "nolinebreak", "quad*",
}  # fmt: skip
BOXES = {"boxed", "fbox", "framebox", "ensuremath", "Aboxed", "tcbhighmath", "highlight"}  # around a formula
DROPPED_WITH_ARGUMENT = {
    "hspace", "vspace", "tag", "label", "phantom", "vphantom", "hphantom", "color", "textcolor", "ref", "eqref",
    "cite", "hskip", "kern", "mkern", "mskip", "hspace*", "tag*", "colorbox", "footnote", "setlength", "vskip",
    "arraystretch", "cline", "rule", "cancelto", "textcircled", "circled", "hyperref",
}  # fmt: skip
FORBIDDEN = {  # programs, not formulas: nothing is ever expanded or executed
    "def", "newcommand", "renewcommand", "providecommand", "let", "input", "include", "loop", "repeat", "write",
    "catcode", "csname", "endcsname", "expandafter", "immediate", "openin", "openout", "read", "edef", "gdef", "xdef",
    "DeclareMathOperator", "newenvironment", "usepackage", "RequirePackage", "directlua", "special", "everymath",
    "futurelet", "afterassignment", "aftergroup", "if", "ifx", "ifnum", "else", "fi", "number", "the", "newcount",
    "advance", "global", "long", "outer", "jobname", "meaning", "string", "noexpand", "scantokens", "includegraphics",
    "verb", "lstinputlisting", "verbatiminput", "newtoks", "toks", "count", "dimen", "skip", "shipout",
}  # fmt: skip
# environments: how their rows are meant
ALIGNED = {
    "align", "aligned", "alignat", "alignedat", "flalign", "eqnarray", "split", "gather", "gathered", "multline",
    "multlined", "equation", "displaymath", "math", "alignat*", "dcases*", "subequations", "empheq",
    "dmath", "dgroup", "darray", "IEEEeqnarray",
}  # fmt: skip
MATRICES = {
    "matrix": "", "pmatrix": "(", "bmatrix": "[", "Bmatrix": "{", "vmatrix": "|", "Vmatrix": "||",
    "smallmatrix": "", "array": "", "psmallmatrix": "(", "bsmallmatrix": "[",
}  # fmt: skip
CASES = {"cases", "dcases", "rcases"}

UNICODE: dict[str, str] = {
    "−": "-", "–": "-", "×": r"\times", "·": r"\cdot", "⋅": r"\cdot", "∙": r"\cdot", "⊙": r"\odot", "∘": r"\circ",
    "⊗": r"\otimes", "÷": r"\div", "±": r"\pm", "∗": "*", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx",
    "≡": r"\equiv", "∝": r"\propto", "≜": r"\triangleq", "∈": r"\in", "∉": r"\notin", "→": r"\to", "←": r"\gets",
    "⇒": r"\Rightarrow", "⇔": r"\iff", "∴": r"\therefore", "∇": r"\nabla", "∂": r"\partial", "∑": r"\sum",
    "∏": r"\prod", "∞": r"\infty", "⊤": r"\top", "ᵀ": r"^\top", "′": "'", "‖": r"\|", "∥": r"\|", "⟨": r"\langle",
    "⟩": r"\rangle", "…": r"\dots", "⋯": r"\cdots", "ℓ": r"\ell", "√": r"\sqrt", "𝔼": r"\mathbb{E}", "∼": r"\sim",
    "²": "^2", "³": "^3", "¹": "^1", "⁻": "^-", "½": r"\frac12", "µ": r"\mu", "\u00a0": " ", "\u2009": " ",
    "\u200b": " ", "\u202f": " ", "\ufeff": " ",
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\epsilon", "ζ": r"\zeta", "η": r"\eta",
    "θ": r"\theta", "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "ν": r"\nu", "ξ": r"\xi",
    "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "υ": r"\upsilon", "φ": r"\phi", "χ": r"\chi",
    "ψ": r"\psi", "ω": r"\omega", "Γ": r"\Gamma", "Δ": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Ξ": r"\Xi",
    "Π": r"\Pi", "Σ": r"\Sigma", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega", "ϕ": r"\phi", "ϵ": r"\epsilon",
}  # fmt: skip
