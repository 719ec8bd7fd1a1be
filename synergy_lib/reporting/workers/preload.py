"""Imported by the process that workers are forked from: what every report needs.

Importing this module loads papermill and the exporters, reads the packaged fonts and
compiles the templates, so that no worker has to. It starts no thread.
"""

from __future__ import annotations

import papermill  # noqa: F401

import synergy_lib.reporting.export.typst
import synergy_lib.reporting.warm.manager  # noqa: F401
from synergy_lib.reporting.export import render_html
from synergy_lib.reporting.export.fonts import load_fonts, text_width

render_html({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
load_fonts()
text_width("")
