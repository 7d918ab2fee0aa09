"""The section of the class: reports of others beside what this page ruled and measured."""

import ipywidgets

from workbench.lessons import classroom_prose
from workbench.lessons.bench import Bench
from workbench.lessons.frame import section
from workbench.locale import message
from workbench.widgets.claims.classroom import Classroom
from workbench.widgets.state import View


def classroom_of(bench: Bench) -> Classroom:
    """The class board of a page; what the panel measures is on it at once."""
    found = Classroom(bench.session)
    bench.panel.follow(View(key=lambda state: state.history, draw=lambda _state: found.refresh()))
    return found


def about(classroom: Classroom) -> ipywidgets.Widget:
    """The section around it."""
    return section(message("The class"), classroom_prose.about, classroom.widget)
