"""The command line; see :mod:`comove.apps.cli.program`."""

from __future__ import annotations

import os


def main() -> None:
    """Run a command; the entry point of ``comove``."""
    # one thread inside numerical kernels: the same bytes everywhere, and a quicker start
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from comove.apps.cli.program import run

    run()
