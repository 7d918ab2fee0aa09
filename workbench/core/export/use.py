"""What a model card says of using it: how, on which images, what not for, and whose it is."""

import numpy as np

from workbench.core.engine import is_real_int8, scheme
from workbench.core.export.home import Home, plain
from workbench.core.own_model import has_weights
from workbench.locale import _
from workbench.setting import FOLDER, Setting

LICENCES = {"fashion_mnist": "MIT", "digits": "CC BY 4.0"}
"""Licences of the data that ship; their texts lie beside the data."""
DARK = 40
"""Of 255: the edges of images on a dark ground are no brighter in the middle of all."""


def use(home: Home) -> list[str]:
    """What to run, and what an image must be like."""
    side = home.candidate.architecture.data.image_shape[1]
    words = _(
        "An image is turned upright, put on white where transparent, cut to its centre square"
        " and made {side} x {side} pixels; from each channel, 0 to 1, the mean is subtracted, and"
        " it is divided by the deviation, both in preprocessing.json."
    )
    call = "```\npip install numpy onnxruntime pillow\npython classify.py IMAGE ...\n```"
    weights = _(
        "model.safetensors has the weights by their names, in the shapes that the recipe left. Bits"
        " of activations are in model.onnx alone: for the same answers run that one."
    )
    told = [words.format(side=side), _ground(home), weights]
    return [f"## {_('How to use it')}", call, *filter(None, told)]


def _ground(home: Home) -> str:
    """What an image must look like to be like those that it learned from, as far as edges tell."""
    images = home.candidate.architecture.data.test_images
    edges = np.concatenate([images[..., 0, :], images[..., -1, :], images[..., 0], images[..., -1]])
    middle = float(np.median(edges))
    if middle <= DARK:
        return _(
            "The images that it knows are light on a dark ground: invert a drawing or a photograph"
            " on white paper first, or its answers mean nothing."
        )
    if middle >= 255 - DARK:
        return _(
            "The images that it knows stand on a light ground: others must be inverted or cut out"
            " first, or its answers mean nothing."
        )
    return ""


def not_for(home: Home) -> list[str]:
    """Where it must not be used."""
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


def licence(setting: Setting) -> list[str]:
    """Of the data, or of the weights, and of the scripts."""
    scripts = _("classify.py and preprocessing.py are part of workbench: BSD 3-Clause.")
    return [f"## {_('Licence')}", _licence_of_data(setting), scripts]


def _licence_of_data(setting: Setting) -> str:
    if has_weights(setting.model):
        return _(
            "Its weights came from a file, and what they learned from is not known here: ask"
            " whoever made them before you pass the network on. It was measured on {dataset}."
        ).format(dataset=plain(setting.dataset))
    if setting.dataset in LICENCES:
        words = _("The images that it learned from: {licence}; the text is in LICENSE-data.txt.")
        return words.format(licence=LICENCES[setting.dataset])
    if setting.dataset.startswith(FOLDER):
        return _(
            "It learned from images of somebody's own folder, whose licence is not known here: pass"
            " the network on only if you may pass on what was made of them."
        )
    return _(
        "It learned from {dataset}, whose licence is not known here: look it up where the data"
        " set comes from before you pass the network on."
    ).format(dataset=setting.dataset)
