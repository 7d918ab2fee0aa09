"""Every trial's score in the order tried, and the best so far, beside that of a pinned search."""

from collections.abc import Sequence
from html import escape

from workbench.figures.matrix import numbers_below
from workbench.figures.palette import BASELINE, CANDIDATE, PINNED, PRUNED, TRAIL
from workbench.locale import _, message
from workbench.measurement import Quantity
from workbench.search.values import Standing
from workbench.widgets.html import tag
from workbench.widgets.plot import Plot, caption, nothing
from workbench.widgets.search.scene import TOP, Scene, best_so_far, score, scored
from workbench.widgets.search.words import SHORT
from workbench.widgets.views import View
from workbench.wording import interval_text, value_text

KEY = '<span style="color:{colour}">{shape}</span> {words}'


class SearchHistory:
    """Dots are trials, the stair is the best so far; its last step has its 95 % interval."""

    def __init__(self) -> None:
        self._plot = Plot(
            message("trial"), message("validation accuracy (%)"),
            message("validation accuracy by trial, and the best so far"),
            counts=True,
        )  # fmt: skip
        self._pinned = self._plot.lines(PINNED, line_style="dashed")
        self._stair = self._plot.lines(CANDIDATE, stroke_width=3)
        self._whiskers = self._plot.lines(BASELINE, stroke_width=1.5)
        self._complete = self._plot.dots(TRAIL)
        self._pruned = self._plot.dots(PRUNED, marker="triangle-down")
        self.widget = self._plot.widget
        self.view = View(key=lambda s: (scored(s.standing), s.pinned), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        standing = scene.standing
        trials = scored(standing)
        if standing is None or not trials:
            self._plot.show(nothing(_("the first trial is under way")), is_drawn=False)
            return
        placed = {
            state: [(float(t.number), 100 * q.value) for t in trials
                    if (q := score(t)) is not None and (t.state == "complete") == state]
            for state in (True, False)
        }  # fmt: skip
        self._plot.put(self._complete, placed[True])
        self._plot.put(self._pruned, placed[False])
        self._plot.put(self._stair, _stair(standing))
        self._plot.segments(self._whiskers, _whisker(standing))
        self._plot.put(self._pinned, _stair(scene.pinned) if scene.pinned else [])
        last = max(
            standing.wanted, len(standing.trials), scene.pinned.wanted if scene.pinned else 0
        )
        self._plot.limits(x=(-0.8, last - 0.2), y=(0.0, TOP))
        self._plot.name_axes()
        self._plot.show(_words(scene), is_drawn=True)


def _stair(standing: Standing) -> list[tuple[float, float]]:
    """The best so far, level until a better trial comes."""
    points: list[tuple[float, float]] = []
    for number, best in best_so_far(standing):
        if points:
            points.append((float(number), points[-1][1]))
        points.append((float(number), 100 * best.value))
    return points


def _whisker(standing: Standing) -> list[tuple[float, float, float]]:
    way = best_so_far(standing)
    if not way or way[-1][1].low is None or way[-1][1].high is None:
        return []
    at, best = way[-1]
    return [(float(at), 100 * (best.low or 0), 100 * (best.high or 0))]


def _words(scene: Scene) -> str:
    standing = scene.standing
    way = best_so_far(standing) if standing else ()
    keys = [
        KEY.format(colour=TRAIL, shape="●", words=_("a trial")),
        KEY.format(colour=PRUNED, shape="▼", words=_("ended early")),
        KEY.format(colour=CANDIDATE, shape="▬", words=_("best so far")),
    ]
    if scene.pinned is not None:
        told = _("best so far of A: {strategy}").format(strategy=SHORT[scene.pinned.plan.strategy])
        keys.append(KEY.format(colour=PINNED, shape="╌", words=told))
    if not way:
        return caption(", ".join(keys))
    return caption(f"{tag(way[-1][1])} {', '.join(keys)}.") + _table(way)


def _table(way: Sequence[tuple[int, Quantity]]) -> str:
    rows = [
        (str(number), escape(value_text(best)), escape(interval_text(best))) for number, best in way
    ]
    return numbers_below([_("trial"), _("best so far"), _("interval")], rows)
