"""The model card of an export: what was measured and how, what it is made of and not for."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from workbench.core.accuracy import accuracy, right_answers
from workbench.core.export.home import Home, plain
from workbench.core.export.use import licence, not_for, use
from workbench.core.own_model import has_weights
from workbench.locale import _, message
from workbench.measurement import Provenance, Quantity
from workbench.setting import Setting
from workbench.statistics import worst_interval, worst_label
from workbench.wording import machine_text, quantity_rows

FILES = {
    "model.onnx": message("the network that was measured, as the engine runs it"),
    "model.safetensors": message("the same network's weights for PyTorch, and its setting"),
    "preprocessing.json": message("how an image becomes the network's input"),
    "labels.json": message("the names of the classes, in the order of the scores"),
    "classify.py": message("the class of an image file, without PyTorch and without workbench"),
    "preprocessing.py": message("how classify.py reads an image file"),
    "LICENSE-data.txt": message("the licence of the images that it learned from"),
}


def card(home: Home, lengths: Mapping[str, int]) -> bytes:
    """The card in Markdown, in the language in use."""
    parts = [
        _title(home),
        *_measured(home),
        *use(home),
        *not_for(home),
        *_making(home),
        *_files(lengths),
        *licence(home.setting),
    ]
    return ("\n\n".join(parts) + "\n").encode()


def _title(home: Home) -> str:
    data = home.candidate.architecture.data
    channels, height, width = data.image_shape
    words = _(
        "A network that tells {count} classes apart in images of {height} x {width} pixels in"
        " {colours}: {classes}. {origin} Measured by workbench {version} on {date}."
    )
    text = words.format(
        count=len(data.classes),
        height=height,
        width=width,
        colours=_("grey") if channels == 1 else _("colour"),
        classes=", ".join(map(plain, data.classes)),
        origin=_origin(home.setting),
        version=home.measurement.machine["workbench"],
        date=home.on.isoformat(),
    )
    named = {"model": plain(home.setting.model), "dataset": plain(home.setting.dataset)}
    title = _("{model} on {dataset}").format(**named)
    return f"# {title}\n\n{text}"


def _origin(setting: Setting) -> str:
    """Whose training it is, and whether anything was taken away."""
    if has_weights(setting.model):
        origin = _("Its weights are those of somebody's own file.")
    else:
        origin = _("It was trained by workbench.")
    isplain = setting.effective == setting.baseline
    return f"{origin} {_('It is not compressed.') if isplain else _('It is compressed.')}"


def _measured(home: Home) -> list[str]:
    found = {**home.measurement.quantities, "worst_class": worst_class(home)}
    heads, *rows = quantity_rows(found)
    told = _(
        "Everything below was found on {processor}, on one thread; times hold for this machine"
        " alone, sizes and accuracies wherever the same file gives the same answers."
    ).format(processor=home.measurement.machine["processor"])
    notes = "\n".join(f"- {note}" for note in home.measurement.notes)
    return [f"## {_('What was measured')}", told, _table(heads, rows), notes]


def worst_class(home: Home) -> Quantity:
    """The accuracy in the class that fares worst: the mean over all classes hides it."""
    data = home.candidate.architecture.data
    right = right_answers(home.measurement.predictions, data.test_labels)
    worst = worst_label(right, data.test_labels)
    how = message("right answers on the test images of class {label}", label=data.classes[worst])
    kind: Provenance = "simulated" if home.measurement.is_simulated else "measured"
    alone = accuracy(right[data.test_labels == worst], kind, how)
    _value, low, high = worst_interval(right, data.test_labels)
    return replace(alone, low=low, high=high)


def _making(home: Home) -> list[str]:
    plain = Setting().as_dict()
    told = {
        name: value
        for name, value in home.setting.as_dict().items()
        if value != plain[name] or name in ("dataset", "model")
    }
    machine = "\n".join(f"- {line}" for line in machine_text(home.measurement.machine))
    told_text = json.dumps(told, indent=2, ensure_ascii=False)
    words = _("The setting; what is not named has its default.")
    return [
        f"## {_('How it was made')}", words, f"```json\n{told_text}\n```",
        f"## {_('Machine and versions')}", machine,
    ]  # fmt: skip


def _files(lengths: Mapping[str, int]) -> list[str]:
    heads = (_("file"), _("bytes"), _("what it is"))
    rows = [(name, str(length), str(FILES[name])) for name, length in lengths.items()]
    return [f"## {_('Files')}", _table(heads, rows)]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
