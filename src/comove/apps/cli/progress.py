"""How far a long piece of work is, on a terminal and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Step = TypeVar("Step")


def counted(steps: Iterable[Step], total: int, name: Callable[[Step], str]) -> Iterator[Step]:
    """Show a bar while steps are taken; a pipe sees nothing of it.

    Parameters
    ----------
    steps
        Each is shown when it is done.
    total
        How many there will be.
    name
        What a step is called.

    Yields
    ------
    object
        The steps.
    """
    if not sys.stderr.isatty():
        yield from steps
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total)
        for step in steps:
            bar.update(task, advance=1, description=name(step))
            yield step
