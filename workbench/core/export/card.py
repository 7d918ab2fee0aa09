"""The model card of an export: what was measured and how, what it is made of and not for."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from workbench.core.accuracy import accuracy, right_answers
from workbench.core.engine import is_real_int8, scheme
from workbench.core.measures import Candidate
from workbench.locale import _, message
from workbench.measurement import Measurement, Provenance, Quantity
from workbench.setting import FOLDER, Setting
from workbench.statistics import worst_label
from workbench.wording import quantity_rows

LICENCES = {"fashion_mnist": "MIT", "digits": "CC BY 4.0"}
"""Licences of the data that ship; their texts lie beside the data."""
FILES = {
    "model.onnx": message("the network that was measured, as the engine runs it"),
    "model.safetensors": message("the same network's weights for PyTorch"),
    "preprocessing.json": message("how an image becomes the network's input"),
    "labels.json": message("the names of the classes, in the order of the scores"),
    "classify.py": message("the class of an image file, without PyTorch and without workbench"),
    "LICENSE-data.txt": message("the licence of the images that it learned from"),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Home:
    """What a card tells of; the setting without the folders of this computer."""

    setting: Setting
    candidate: Candidate
    measurement: Measurement
    on: date


def card(home: Home, lengths: Mapping[str, int]) -> bytes:
    """The card in Markdown, in the language in use."""
    parts = [
        _title(home),
        *_measured(home),
        *_use(home),
        *_not_for(home),
        *_making(home),
        *_files(lengths),
        *_licence(home.setting),
    ]
    return ("\n\n".join(parts) + "\n").encode()


def _title(home: Home) -> str:
    data = home.candidate.architecture.data
    channels, height, width = data.image_shape
    words = _(
        "A network that tells {count} classes apart in images of {height} x {width} pixels in"
        " {colours}: {classes}. Trained, compressed and measured by workbench {version} on {date}."
    )
    text = words.format(
        count=len(data.classes),
        height=height,
        width=width,
        colours=_("grey") if channels == 1 else _("colour"),
        classes=", ".join(map(str, data.classes)),
        version=home.measurement.machine["workbench"],
        date=home.on.isoformat(),
    )
    title = _("{model} on {dataset}").format(model=home.setting.model, dataset=home.setting.dataset)
    return f"# {title}\n\n{text}"


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
    return accuracy(right[data.test_labels == worst], kind, how)


def _use(home: Home) -> list[str]:
    side = home.candidate.architecture.data.image_shape[1]
    words = _(
        "An image is turned upright, put on white where transparent, cut to its centre square"
        " and made {side} x {side} pixels; from each channel, 0 to 1, the mean is subtracted, and"
        " it is divided by the deviation, both in preprocessing.json. A channel has 8 bits."
    )
    return [f"## {_('How to use it')}", "```\npython classify.py IMAGE ...\n```",
            words.format(side=side)]  # fmt: skip


def _not_for(home: Home) -> list[str]:
    points = [
        _(
            "It names one of its classes for every image, also where none of them is right: it does"
            " not know what it does not know."
        ),
        _(
            "Its accuracy is that on test images like those it learned from. Measure it on your own"
            " images before you rely on it, class by class."
        ),
        _(
            "It was made to learn and to teach. It must not decide where a wrong answer harms"
            " somebody: no diagnoses, no driving, no judging or recognizing of people."
        ),
    ]
    if home.candidate.built.is_simulated:
        points.append(
            _(
                "Its numbers of few bits are imitated: file and time above are those of the"
                " imitation, and say nothing of a device that computes with so few bits."
            )
        )
    if is_real_int8(home.candidate.setting) and scheme().weight_bits == 8:
        points.append(
            _(
                "Its int8 weights use all 8 bits, as this processor can. On one without such"
                " instructions sums may saturate and answers change: measure it there anew."
            )
        )
    text = "\n".join(f"- {point}" for point in points)
    return [f"## {_('What it must not be used for')}", text]


def _making(home: Home) -> list[str]:
    plain = Setting().as_dict()
    told = {
        name: value
        for name, value in home.setting.as_dict().items()
        if value != plain[name] or name in ("dataset", "model")
    }
    machine = "\n".join(
        f"- {name}: {text}" for name, text in home.measurement.machine.items() if text
    )
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


def _licence(setting: Setting) -> list[str]:
    if setting.dataset in LICENCES:
        words = _("The images that it learned from: {licence}; the text is in LICENSE-data.txt.")
        text = words.format(licence=LICENCES[setting.dataset])
    elif setting.dataset.startswith(FOLDER):
        text = _(
            "It learned from images of somebody's own folder, whose licence is not known here: pass"
            " the network on only if you may pass on what was made of them."
        )
    else:
        text = _(
            "It learned from {dataset}, whose licence is not known here: look it up where the data"
            " set comes from before you pass the network on."
        ).format(dataset=setting.dataset)
    return [f"## {_('Licence')}", text]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
