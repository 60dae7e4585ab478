"""Sphinx configuration of the manual."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import generate  # noqa: E402 - it lies beside this file

import comove  # noqa: E402

project = "comove"
author = "comove contributors"
copyright = "comove contributors, MIT licence"  # noqa: A001 - the name Sphinx reads
version = release = comove.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml"]
exclude_patterns = ["_build", *(f"generated/{name}" for name in generate.FRAGMENTS)]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]

autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
napoleon_google_docstring = False
napoleon_use_ivar = True
# several results have fields of one name; a list of fields means its own, and needs no link
suppress_warnings = ["ref.python"]

html_theme = "pydata_sphinx_theme"
html_title = f"comove {version}"
html_theme_options = {"navbar_center": [], "navigation_with_keys": False}
html_sidebars = {"**": ["globaltoc.html"], "index": []}
html_show_sourcelink = False
html_math_renderer = "mathml"

generate.write(HERE / "generated")
