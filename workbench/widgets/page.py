"""The page around the panels: accessible names, styles, and the pulse that tells a dead kernel."""

from functools import cache
from pathlib import Path
from threading import Event, Lock, Thread, Timer

import anywidget
import ipywidgets
import traitlets
import zmq
from IPython import get_ipython

from workbench.locale import _, keep_translated, language

HERE = Path(__file__).parent
BEAT_SECONDS = 1.0
TOGETHER_SECONDS = 0.1


class Page(anywidget.AnyWidget):
    """One for each page. Names what ipywidgets and bqplot leave nameless, and beats while alive."""

    _esm = HERE / "page.js"
    _css = HERE / "page.css"
    beat = traitlets.Int(0).tag(sync=True)
    names = traitlets.Dict().tag(sync=True)
    language = traitlets.Unicode("en").tag(sync=True)
    ended = traitlets.Unicode("").tag(sync=True)
    ends = traitlets.List(trait=traitlets.Unicode()).tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        lose_nothing()
        self._count = 0
        self._naming = Lock()
        self._is_to_be_told = False
        self._over = Event()
        keep_translated(self._translate)
        Thread(target=self._beat, name="workbench-pulse", daemon=True).start()

    def _translate(self) -> None:
        self.language = language()
        self.ends = [_("from"), _("to")]  # of a range, for the two handles of its slider
        self.ended = _(
            "This session has ended or no longer answers: what you see is not live any more."
            " Reload the page to start again."
        )

    def _beat(self) -> None:
        """A thread of its own: the page must not be called dead while a cell or a run computes."""
        while not self._over.wait(BEAT_SECONDS):
            self.beat += 1

    def show_problem(self, words: str) -> None:
        """Show one escaped sentence at the top of the page; no words take it away."""
        self.problem = words

    def give_name(
        self, widget: ipywidgets.DOMWidget, name: str, *, role: str = "", live: bool = False
    ) -> None:
        """Give `widget` an accessible name, a role where it has none; `live`: changes are read."""
        with self._naming:
            self._name(widget, name, role=role, live=live)

    def _name(self, widget: ipywidgets.DOMWidget, name: str, *, role: str, live: bool) -> None:
        mark = next((c for c in widget._dom_classes if c.startswith("wb-named-")), None)
        if mark is None:
            self._count += 1
            mark = f"wb-named-{self._count}"
            widget.add_class(mark)
        self.names = {**self.names, mark: {"name": name, "role": role, "live": live}}
        if not self._is_to_be_told:
            self._is_to_be_told = True
            together = Timer(TOGETHER_SECONDS, self._tell)
            together.daemon = True
            together.start()

    def _should_send_property(self, key: str, value: object) -> bool:
        """Names are told together: hundreds of them, all of them with each, were megabytes."""
        return key != "names" and super()._should_send_property(key, value)

    def _tell(self) -> None:
        with self._naming:
            self._is_to_be_told = False
            self.send_state("names")


def lose_nothing() -> None:
    """Let what this kernel says wait where the server is slower.

    ZeroMQ would drop what comes after the first 1,000 messages, the end of a cell among them.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is not None:
        thread = kernel.iopub_thread  # sockets belong to one thread
        thread.schedule(lambda: thread.socket.setsockopt(zmq.SNDHWM, 0))


@cache
def page() -> Page:
    """The page of this kernel: a lesson shows it once, before anything else."""
    return Page()
