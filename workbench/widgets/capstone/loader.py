"""Which data set and which network the page works on: typed, tried out in a thread, then taken."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import ipywidgets

from workbench.locale import _, message
from workbench.measurement import Quantities
from workbench.setting import Setting
from workbench.widgets.capstone.lines import line
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.task import Task
from workbench.wording import QUANTITIES, network_text, value_text


@dataclass(frozen=True, kw_only=True, eq=False)
class Loaded:
    """A setting whose data were read and whose network was built; counts that say what it is.

    Without counts it is on its way.
    """

    setting: Setting
    counts: Quantities


class Loader:
    """Two lines and a button; `take` gets the setting once both are found to work."""

    def __init__(
        self,
        load: Callable[[Setting, Callable[[Loaded], None]], Loaded],
        setting_of: Callable[[str, str], Setting],
        start: Setting,
        take: Callable[[Setting], None],
    ) -> None:
        self._take, self._last = take, start
        self._taken: Loaded | None = None
        self.dataset = line(
            message("data set"),
            message("digits, fashion_mnist, one of torchvision’s such as CIFAR10, or folder:PATH"),
            start.dataset,
        )
        self.model = line(
            message("network"),
            message(
                "mlp, small_cnn, resnet8, one of torchvision’s such as resnet18,"
                " file:PATH.py:FACTORY, or file:PATH.pt:MODEL, weights for a network that MODEL"
                " names"
            ),
            start.model,
        )
        self._told = ipywidgets.HTML()
        self._told.add_class("wb-text")
        self.task: Task[Setting, Loaded] = Task(
            load, self._draw, lambda found: network_text(found.setting), self._told
        )
        self.task.offer(
            message("Load"),
            message("read the images and build the network; then the page works on them"),
            lambda: setting_of(self.dataset.value.strip(), self.model.value.strip()),
        )
        self.widget = ipywidgets.VBox([self.dataset, self.model, self.task.widget])
        self.widget.add_class("wb-exercise")

    def _draw(self, found: Loaded | None) -> None:
        page().give_name(self._told, _("what is loaded"), role="group", live=True)
        if found is None or not found.counts:
            words = _("The page works on {what}.").format(what=network_text(self._last))
            self._told.value = f'<p class="wb-empty">{escape(words)}</p>'
            return
        items = "".join(
            f"<li>{escape(str(QUANTITIES[name]))}: {escape(value_text(count))} {tag(count)}</li>"
            for name, count in found.counts.items()
        )
        self._told.value = f'<ul class="wb-findings">{items}</ul>'
        if found is not self._taken:  # asked once more after a file was edited, it is taken anew
            self._taken, self._last = found, found.setting
            self._take(found.setting)
