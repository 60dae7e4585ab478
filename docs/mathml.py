"""Formulas as MathML, which browsers draw themselves: the manual fetches no script."""

from __future__ import annotations

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def formulas(block: str) -> list[str]:
    """Draw a block of formulas; an empty line begins the next one."""
    found = []
    for text in block.strip().split("\n\n"):
        code = rf"\begin{{aligned}}{text}\end{{aligned}}" if r"\\" in text or "&" in text else text
        found.append(latex2mathml.tex2mathml(code, as_block=True))
    return found


def _inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(latex2mathml.tex2mathml(node.astext()))
    raise nodes.SkipNode


def _block(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.extend(f"<div>{formula}</div>" for formula in formulas(node.astext()))
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer the renderer ``mathml``."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
