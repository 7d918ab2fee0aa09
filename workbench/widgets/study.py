"""A measurement of its own beside the panel: a task that fills a grid for one setting."""

from collections.abc import Callable
from dataclasses import dataclass

import ipywidgets

from workbench.locale import Message
from workbench.measurement import EMPTY_GRID, Grid, Progress, Report
from workbench.setting import Setting
from workbench.widgets.task import Task
from workbench.wording import network_text

Survey = Callable[[Setting, Report], Grid]


@dataclass(frozen=True, kw_only=True, eq=False)
class Surveyed:
    """The grid so far, and how far that is; at the end there is no progress."""

    setting: Setting
    grid: Grid
    progress: Progress | None = None


class Study(Task[Setting, Surveyed]):
    """Runs a survey of the setting of the moment; `told` says of which one the answer is."""

    def __init__(
        self,
        survey: Survey,
        setting: Callable[[], Setting],
        draw: Callable[[Grid], None],
        figure: ipywidgets.Widget,
        label: Message,
        explained: Message,
        told: Callable[[Setting], str] = network_text,
    ) -> None:
        super().__init__(
            _telling(survey),
            lambda found: draw(_grid(found)),
            lambda found: far(found.progress) if found.progress else told(found.setting),
            figure,
            key=_grid,
        )
        self.offer(label, explained, setting)


def _telling(survey: Survey) -> Callable[[Setting, Callable[[Surveyed], None]], Surveyed]:
    """The survey as a task runs it: news without a grid keep the one before."""

    def run(setting: Setting, tell: Callable[[Surveyed], None]) -> Surveyed:
        grid = EMPTY_GRID

        def report(progress: Progress) -> None:
            nonlocal grid
            grid = progress.grid or grid
            tell(Surveyed(setting=setting, grid=grid, progress=progress))

        return Surveyed(setting=setting, grid=survey(setting, report))

    return run


def _grid(found: Surveyed | None) -> Grid:
    return found.grid if found else EMPTY_GRID


def far(progress: Progress) -> str:
    """The stage of a run, and what share of it is done where that is known."""
    share = f" {100 * progress.done // progress.total} %" if progress.total else ""
    return f"{progress.stage}{share}"
