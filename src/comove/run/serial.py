"""One task after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class Serial:
    """The executor of a laptop.

    Examples
    --------
    >>> Serial().map(abs, [-1, 2])
    [1, 2]
    """

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
        """Apply ``function`` to every task.

        Parameters
        ----------
        function
            Pure.
        tasks
            Its arguments.

        Returns
        -------
        list
            Results in the order of the tasks.
        """
        return [function(task) for task in tasks]
