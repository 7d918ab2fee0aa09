"""Why optimise: each reason drawn, with the lesson that acts on it and the read-out it moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from workbench.lessons_index import LESSONS
from workbench.locale import Message, _, language, message
from workbench.wording import name_text


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason: what it is good for, the lesson that acts on it, the read-outs that it moves."""

    title: Message
    words: Message
    file: str
    moves: Sequence[str]
    drawing: str


REASONS = (
    Reason(
        title=message("Less storage"),
        words=message("a smaller file is sent and updated sooner, and more of them fit"),
        file="05_weight_pruning.ipynb",
        moves=("file_bytes", "deflated_bytes"),
        drawing='<path d="M12 5h22l8 8v30H12z"/><path d="M34 5v8h8"/><path d="M20 30h14l-7 8z"/>',
    ),
    Reason(
        title=message("Less memory: small devices"),
        words=message("a watch or a sensor has room for few weights, and few bits for each"),
        file="07_quantization.ipynb",
        moves=("packed_bytes",),
        drawing='<rect x="13" y="13" width="28" height="28" rx="3"/>'
        '<path d="M20 13V6m7 7V6m7 7V6M20 48v-7m7 7v-7m7 7v-7M13 20H6m7 7H6m7 7H6M48 20h-7m7 7h-7m7'
        ' 7h-7"/>',
    ),
    Reason(
        title=message("Faster answers"),
        words=message("a camera, a car or a page that waits wants its answer now"),
        file="06_structured_pruning.ipynb",
        moves=("latency_ms", "speedup"),
        drawing='<circle cx="27" cy="30" r="18"/><path d="M27 30V18M22 5h10M27 5v7"/>',
    ),
    Reason(
        title=message("Less energy"),
        words=message(
            "every multiplication takes some; no meter runs here, so multiply-adds are counted"
        ),
        file="03_kernels.ipynb",
        moves=("macs",),
        drawing='<path d="M30 4L12 30h13l-3 20 20-27H28z"/>',
    ),
    Reason(
        title=message("Shorter training"),
        words=message("fewer updates, and updates that take less time"),
        file="02_learning.ipynb",
        moves=("epoch_seconds", "epoch_updates"),
        drawing='<path d="M6 8c4 26 14 36 42 38M6 4v46h44"/>',
    ),
    Reason(
        title=message("Better results for the same work"),
        words=message("a good choice of the hyperparameters costs no arithmetic when it runs"),
        file="04_search.ipynb",
        moves=("validation_accuracy",),
        drawing='<circle cx="23" cy="23" r="15"/><path d="M34 34l14 14M16 23l5 5 9-10"/>',
    ),
    Reason(
        title=message("More answers from one machine"),
        words=message("with many askers it is the images a second that cost money"),
        file="01_trust.ipynb",
        moves=("images_per_second",),
        drawing='<rect x="8" y="7" width="38" height="10"/><rect x="8" y="22" width="38"'
        ' height="10"/><rect x="8" y="37" width="38" height="10"/>',
    ),
)


def reasons_drawn() -> str:
    """The reasons as cards in a list; a drawing says nothing that its words do not say."""
    cards = "".join(map(_card, REASONS))
    name = escape(_("reasons to optimise"), quote=True)
    look = "list-style:none;padding:0 4px 0 0"
    return f'<ul class="wb-pair" style="{look}" aria-label="{name}">{cards}</ul>'


def _card(reason: Reason) -> str:
    moved = " · ".join(escape(name_text(name)) for name in reason.moves)
    drawing = (
        '<svg viewBox="0 0 54 54" style="flex:0 0 54px;height:54px" aria-hidden="true" fill="none"'
        f' stroke="currentColor" stroke-width="2.5">{reason.drawing}</svg>'
    )
    return (
        f'<li class="wb-exercise" style="display:flex;gap:14px;margin:0;'
        f'box-sizing:border-box">{drawing}<div>'
        f"<b>{escape(str(reason.title))}</b><p>{escape(str(reason.words))}.</p>"
        f"<p>{escape(_('Moves:'))} <b>{moved}</b></p><p>{_link(reason.file)}</p></div></li>"
    )


def _link(file: str) -> str:
    """The notebook beside this one: the address is right in JupyterLab and under Voila."""
    lesson = next(lesson for lesson in LESSONS if lesson.file == file)
    words = _("Lesson {n}: {title}").format(n=lesson.number, title=lesson.title)
    return f'<a class="wb-download" href="{file}?lang={language()}">{escape(words)}</a>'
