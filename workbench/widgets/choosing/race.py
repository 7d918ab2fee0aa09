"""The learner against the search: whose front leaves more behind, and whose choice is better."""

from collections.abc import Callable
from html import escape

import ipywidgets

from workbench.checks.choosing import chosen
from workbench.checks.versions import volume
from workbench.locale import _, decimal
from workbench.measurement.choosing import Source, Version
from workbench.statistics import mcnemar
from workbench.widgets.choosing.scene import Scene, SceneView
from workbench.widgets.choosing.words import WHO, key, number, tags
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.wording import recipe_text

RIVALS: tuple[Source, ...] = ("you", "grid", "search")


class RaceView:
    """A table: how many versions each side measured, its front, and its choice."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        self.view = SceneView(
            key=lambda s: (s.asked, s.setting.baseline, s.budgets, s.across, s.up),
            draw=self._draw,
        )

    def _draw(self, scene: Scene) -> None:
        page().give_name(self.widget, _("you and the search"), role="group")
        sides = [source for source in RIVALS if scene.by(source)]
        if scene.baseline is None or not sides:
            words = _("nobody has measured a version yet")
            self.widget.value = f'<p class="wb-empty">{escape(words)}</p>'
            return
        heads = [
            _("side"),
            _("recipes measured"),
            _("behind the front"),
            _("its choice"),
            _("accuracy"),
        ]
        top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
        rows = "".join(_row(source, scene) for source in sides)
        told = _(
            "Behind the front: the part of the plane, on the two axes chosen above, that some"
            " version of this side is better than; from no cost to the baseline’s, from none right"
            " to all. It has no interval: more recipes cover more of the plane, and find more luck"
            " too. Its choice: by the same rule as above, under your budgets."
        )
        one = volume(scene.by(sides[0]), scene.baseline, scene.across, scene.up)
        asked = [version for side in sides for version in scene.by(side)]
        labels = f"{tag(one)} {tags(asked, ['accuracy'])}"
        self.widget.value = (
            f'<div class="wb-scroll" tabindex="0"><table class="wb-orders"><thead>'
            f"<tr>{top}</tr></thead>"
            f"<tbody>{rows}</tbody></table></div>"
            f'<p class="wb-caption">{labels} {escape(told)}</p>{_compared(scene)}'
        )


def choice_of(source: Source, scene: Scene) -> Version | None:
    """What one side has to offer under the budgets."""
    return chosen(scene.by(source), scene.budgets, scene.across)


def _row(source: Source, scene: Scene) -> str:
    assert scene.baseline is not None
    versions, best = scene.by(source), choice_of(source, scene)
    cells = [
        decimal(len({version.steps for version in versions})),
        number(volume(versions, scene.baseline, scene.across, scene.up)),
        escape(recipe_text(best.steps) if best else _("none keeps all budgets")),
        number(best.quantities["accuracy"]) if best else "–",
    ]
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{key(source, str(WHO[source]))}</th>{told}</tr>'


def _compared(scene: Scene) -> str:
    """Whether the two choices can be told apart in accuracy."""
    mine, other = choice_of("you", scene), choice_of("search", scene)
    if mine is None or other is None:
        return ""
    test = mcnemar(other.right, mine.right)
    verdicts: dict[str, Callable[[], str]] = {
        "better": lambda: _("Your choice is more accurate than that of the search."),
        "worse": lambda: _("The choice of the search is more accurate than yours."),
        "cannot tell": lambda: _("The accuracies of the two choices cannot be told apart."),
    }
    return f"<p><b>{escape(verdicts[test.verdict]())}</b></p>"
