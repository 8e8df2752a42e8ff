"""Hostile texts as names of columns, of functions, of everything: they are shown as text, and never run."""

from __future__ import annotations

import ast
import builtins
import json
import random
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import torch

from kanwidget import KAN, DataError, Dataset, KanwidgetError, Session
from kanwidget.io.html import standalone
from kanwidget.session.lines import is_written_here
from kanwidget.symbolic.present import present
from kanwidget.widget.schema import SchemaError, parse

from .promise import Figures

__all__ = ["strings"]

CANARY = "__kanwidget_canary__"
PIECES = [
    f"__import__('builtins').{CANARY}()", f"{CANARY}()", f"exec('{CANARY}()')", f"eval('{CANARY}()')",
    f"[c for c in ().__class__.__base__.__subclasses__()][0].{CANARY}", f"lambda: {CANARY}()", f"f'{{{CANARY}()}}'",
    f"x\n{CANARY}()", f"x\r{CANARY}()", f"x\x0c{CANARY}()", f"x'''\n{CANARY}()\n'''", f"x\"\"\"\n{CANARY}()",
    f"\\\n{CANARY}()", f"x); {CANARY}(", f"x'); {CANARY}('", f"#\n{CANARY}()", f"x: {CANARY}()", f"x={CANARY}()",
    f"*{CANARY}()", f"@{CANARY}", "<script>alert(1)</script>", "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<!--", "]]>", "-->", "<svg onload=alert(1)>", "&lt;b&gt;", "&#x3c;script&#x3e;",
    "javascript:alert(1)", "\" onmouseover=\"alert(1)", "'><b>", "{{7*7}}", "${7*7}", "%s%n",
    "\\href{javascript:alert(1)}{x}", "\\input{/etc/passwd}", "\\write18{ls}", "$$", "\\\\", "\\", "sin(x)", "x**2",
    "Symbol('x')", "x_1", "lambda", "def", "None", "True", "import", "np", "f", "self", "dataset", "model",
    "__class__", "__proto__", "constructor", "../../etc/passwd", "\0", "\ud800", "\u202e", "\u2028", "\ufeff", "é",
    "变量", "𝒙", "", " ", "a" * 300, "\t", "\x1b[31m", "CON", "1x", "x y", "x.y", "x[0]", "-", "+", "%", "^", "_", "{",
    "}", "x_{y}", "x^{y}",
]  # fmt: skip


def strings(count: int) -> Figures:
    """So many texts, in every place where a text can come in."""
    random_, seen = random.Random(8), Counter[str]()
    calls: list[str] = []
    setattr(builtins, CANARY, lambda *_: calls.append("escaped"))
    try:
        for _ in range(-(-count // 3)):
            texts = [_text(random_) for _ in range(3)]
            seen[_as_columns(texts)] += len(texts)
            for text in texts:
                _as_arguments(text)
            assert not calls, f"{texts!r} was run"
    finally:
        delattr(builtins, CANARY)
    return {"texts": seen.total(), **seen, "escapes": 0}


def _text(random_: random.Random) -> str:
    parts = [random_.choice(PIECES) for _ in range(random_.choice([1, 1, 2, 3]))]
    text = random_.choice(["", " ", "\n", "'", '"', "`"]).join(parts)
    return text if random_.random() < 0.8 else "".join(random_.sample(text, len(text)))


def _as_columns(texts: list[str]) -> str:
    """Names of inputs and of the output, through everything that shows them."""
    x = torch.linspace(-1, 1, 8, dtype=torch.float64)[:, None].expand(8, 2)
    try:
        data = Dataset.from_arrays(x, x[:, 0], input_names=texts[:2], output_names=texts[2:])
    except DataError:
        return "refused"
    model = KAN([2, 1], grid=1, dtype=torch.float64)
    model.fix_symbolic(0, 0, 0, "sin", affine=[1, 0, 1, 0], verbose=False)
    model.fix_symbolic(0, 1, 0, "x^2", affine=[1, 0, 1, 0], verbose=False)
    model.input_names, model.output_names = data.input_names, data.output_names
    formulas, symbols = model.symbolic_formula()
    assert [symbol.name for symbol in symbols] == texts[:2]
    shown = present(formulas, symbols, model.output_names)
    _check_python(shown.python)
    _check_mathml(shown.mathml)
    _check_latex(shown.latex)
    _check_sympy(shown.sympy)
    _check_page({"inputs": texts, "formula": {"mathml": shown.mathml, "latex": shown.latex}})
    code = Session(model, data).code()
    assert all(is_written_here(line) for line in code.split("\n")), code
    ast.parse(code)
    return "shown"


def _as_arguments(text: str) -> None:
    """Where a name of the closed table, or another word, is expected."""
    model = KAN([1, 1], grid=1)
    known = {"sin", "x**2", "f"}
    for call in (
        lambda: model.fix_symbolic(0, 0, 0, text, verbose=False),
        lambda: model.suggest_symbolic(0, 0, 0, lib=[text]),
        lambda: KAN([1, 1], base_fun=text),
        lambda: model.fit(([[1.0], [2.0]], [1.0, 2.0]), opt=text, steps=1, progress=False),
        lambda: parse({"v": 1, "id": 1, "client": "x", "name": text, "args": {}}),
    ):
        try:
            call()
        except (KanwidgetError, SchemaError) as error:
            assert str(error)
            continue
        assert text in known, f"{text!r} was accepted"


def _check_python(text: str) -> None:
    """One import of NumPy and one function of plain arithmetic."""
    body = ast.parse(text).body
    assert len(body) == 2 and isinstance(body[0], ast.Import) and body[0].names[0].name == "numpy", text
    assert isinstance(body[1], ast.FunctionDef), text
    function = body[1]
    assert not function.decorator_list and not function.args.defaults, text
    statements = [s for s in function.body if not isinstance(s, ast.Expr)]
    assert len(statements) == 1 and isinstance(statements[0], ast.Return), text
    for node in ast.walk(statements[0]):
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "np", text
    for docstring in (s for s in function.body if isinstance(s, ast.Expr)):
        assert isinstance(docstring.value, ast.Constant), text


def _check_sympy(text: str) -> None:
    """Assignments of plain arithmetic and the closed table's functions."""
    for statement in ast.parse(text).body:
        assert isinstance(statement, ast.Assign), text
        called = {ast.unparse(node.func) for node in ast.walk(statement) if isinstance(node, ast.Call)}
        assert called <= {"sin"}, text


MATHML = {"math", "mrow", "mi", "mo", "mn", "msup", "msub", "msubsup", "mfrac", "msqrt", "mroot", "mfenced", "mtext",
          "mtable", "mtr", "mtd", "mstyle", "mspace", "mover", "munder"}  # fmt: skip


def _check_mathml(text: str) -> None:
    """Well-formed, and no element or attribute that does anything."""
    for element in ElementTree.fromstring(text).iter():
        tag = element.tag.split("}")[-1]
        assert tag in MATHML, f"<{tag}> in {text}"
        assert not [name for name in element.attrib if name.lower().startswith("on") or "href" in name.lower()], text


COMMANDS = re.compile(
    r"(?<!\\textbackslash\{\})\\(href|url|input|include|write|def|let|catcode|csname|html|class|style|unicode|require)"
)


def _check_latex(text: str) -> None:
    """No command that does more than set mathematics."""
    assert not COMMANDS.search(text), text


class _Scripts(HTMLParser):
    """Counts the elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found = Counter[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] += 1
        assert not [name for name, _ in attrs if name.startswith("on")]


def _check_page(state: dict[str, Any]) -> None:
    """A saved page has the elements that it would have without these texts, and they come back as they were."""
    page = standalone(state, "bundle", "css")
    parser = _Scripts()
    parser.feed(page.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    assert parser.found["script"] == 3 and parser.found["img"] == parser.found["svg"] == 0, page
    held = page.split('id="state">')[1].split("</script>")[0]
    assert json.loads(held) == state
