"""Studies that put versions onto the plane: a grid of recipes, all orders of blocks, a search."""

from collections.abc import Callable, Mapping, Sequence
from html import escape

import ipywidgets

from workbench.locale import Message, _, message
from workbench.measurement import Measurement
from workbench.measurement.choosing import Source, Version
from workbench.setting import Setting
from workbench.statistics import Verdict, corrected, mcnemar
from workbench.widgets.choosing.scene import Desk
from workbench.widgets.choosing.words import number, tags
from workbench.widgets.task import Task
from workbench.wording import network_text, recipe_text

Run = Callable[[Setting, Callable[[tuple[Measurement, ...]], None]], tuple[Measurement, ...]]
Found = tuple[Measurement, ...]
WORDS: Mapping[Verdict, Message] = {
    "better": message("more accurate"),
    "worse": message("less accurate"),
    "cannot tell": message("cannot be told"),
}


class VersionsTask(Task[Setting, Found]):
    """A task whose measurements become versions of one source; `write` says what they show."""

    def __init__(
        self,
        source: Source,
        run: Run,
        desk: Desk,
        write: Callable[[Sequence[Version]], str],
        label: Message,
        explained: Message,
    ) -> None:
        self._source, self._desk, self._write_found = source, desk, write
        self._figure = ipywidgets.HTML()
        self._figure.add_class("wb-drawing")
        super().__init__(
            run, self._take, lambda found: _("measured: {n}").format(n=len(found)), self._figure
        )
        self.offer(label, explained, lambda: desk.scene.setting)

    def _take(self, found: Found | None) -> None:
        if found is None:  # begun, and nothing is there yet: what others show stays
            return
        self._desk.put(self._source, found)
        versions = self._desk.scene.asked.get(self._source, ())
        self._figure.value = _named(versions) + self._write_found(versions) if versions else ""


def _named(versions: Sequence[Version]) -> str:
    """Of which network they are: the panel may have moved on to another."""
    return f"<p><b>{escape(network_text(versions[0].measurement.setting))}</b></p>"


def summary(versions: Sequence[Version]) -> str:
    """How many there are, and between which accuracies."""
    accuracies = sorted(versions, key=lambda v: v.quantities["accuracy"].value)
    low, high = accuracies[0], accuracies[-1]
    told = _("Lowest accuracy: {low}. Highest: {high}.").format(low=_end(low), high=_end(high))
    return f"<p>{tags(versions, ['accuracy'])} {told}</p>"


def _end(version: Version) -> str:
    return f"{escape(recipe_text(version.steps))}, {number(version.quantities['accuracy'])}"


def compared_orders(versions: Sequence[Version]) -> str:
    """A table: each order beside the first, which is that of the blocks."""
    heads = [_("order"), _("accuracy"), _("file, deflated"), _("beside the first")]
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    tests = [mcnemar(versions[0].right, version.right) for version in versions[1:]]
    verdicts = ["–", *(str(WORDS[test.verdict]) for test in corrected(tests))]
    rows = "".join(map(_order, versions, verdicts))
    how = _(
        "The answers of each beside those of the first on the same images, McNemar’s exact test,"
        " p-values corrected for their number (Holm)."
    )
    label = tags(versions, ("accuracy", "deflated_bytes"))
    return (
        f'<p>{label}</p><div class="wb-scroll" tabindex="0"><table class="wb-orders">'
        f"<thead><tr>{top}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div><p class='wb-caption'>{escape(how)}</p>"
    )


def _order(version: Version, verdict: str) -> str:
    cells = [number(version.quantities[name]) for name in ("accuracy", "deflated_bytes")]
    cells.append(escape(verdict))
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(recipe_text(version.steps))}</th>{told}</tr>'
