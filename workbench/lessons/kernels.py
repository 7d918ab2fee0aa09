"""Lesson 3: the window of a convolution, what it sees, what it costs, and how well it learns."""

from collections.abc import Sequence
from dataclasses import dataclass

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from workbench import checks
from workbench.lessons import frame, kernel_surveys, shared_prose
from workbench.lessons import kernels_prose as prose
from workbench.lessons.bench import test_images
from workbench.lessons.claim_cards import sentences
from workbench.lessons.devices import device_control
from workbench.lessons.form_programs import form_of, kernel_sizes_of
from workbench.lessons.frame import box, section
from workbench.locale import _, message, preferred_language, use_language
from workbench.measurement import Grid, Report
from workbench.measurement.kernels import FeatureMaps
from workbench.serve import language_of_query
from workbench.setting import Setting
from workbench.widgets.as_code import AsCode
from workbench.widgets.controls import Controls
from workbench.widgets.feature_maps import Maps
from workbench.widgets.html import text
from workbench.widgets.kernel_bars import KernelBars
from workbench.widgets.kernel_panel import KernelPanel
from workbench.widgets.look_exercise import LookExercise
from workbench.widgets.picture import Picture
from workbench.widgets.receptive import Receptive
from workbench.widgets.stacks import Stacks
from workbench.widgets.study import Study
from workbench.widgets.window import Window
from workbench.wording import field_text, network_text

FORM = ("kernel_size", "stride", "padding")
DRAWER = {
    "convolutions": (1, 2, 3), "width": (4, 8, 16, 24, 32), "depth": (1, 2, 3), "dataset": None,
    "inference_batch": (1, 4, 16, 64),
}  # fmt: skip
"""Controls behind “More controls”, and their values where SPACE has too large ones for a class."""
START = Setting(
    width=16, depth=2, kernel_size=3, convolutions=1, stride=2, padding="same", inference_batch=16
)


@dataclass(frozen=True, kw_only=True)
class Kernels:
    """The parts of the lesson, each a widget that a cell of the notebook shows."""

    opening: ipywidgets.Widget
    window: ipywidgets.Widget
    panel: ipywidgets.Widget
    receptive: ipywidgets.Widget
    four: ipywidgets.Widget
    maps: ipywidgets.Widget
    stacks: ipywidgets.Widget
    claims: ipywidgets.Widget
    exercise: ipywidgets.Widget
    closing: ipywidgets.Widget
    bench: KernelPanel
    picture: Picture
    studies: tuple[Study, ...]


def kernels() -> Kernels:
    """Make the lesson; the first form is counted and timed at once, in a thread."""
    use_language(language_of_query() or preferred_language())
    panel = KernelPanel(kernel_surveys.look, START)
    picture = Picture(test_images, kernel_surveys.own_image, START.dataset)
    receptive = Receptive(picture)
    exercise = LookExercise(prose.task, prose.hints, checks.sees_enough)
    panel.follow(receptive.show, receptive.widget)
    panel.follow(exercise.show, exercise.widget)
    window = _window(panel, picture)
    (four, maps), trained = _four(panel, picture), AsCode(kernel_sizes_of, lambda setting: setting)
    panel.follow_asking(trained.view.draw)
    stacks = _stacks(panel)
    return Kernels(
        opening=frame.opening(prose.opening),
        window=section(message("A window slides over a picture"), prose.window, window),
        panel=section(message("A network of windows"), prose.panel, _shown(panel)),
        receptive=section(message("What does each layer see?"), prose.receptive, receptive.widget),
        four=section(
            message("Four windows, trained"),
            prose.four,
            box([four.widget, trained.widget], "wb-bench"),
        ),
        maps=section(message("What the windows learned to see"), prose.maps, maps.widget),
        stacks=section(message("Two small windows or a large one?"), prose.stacks, stacks.widget),
        claims=sentences(3),
        exercise=section(
            message("Exercise: see 7 pixels, lose none"), shared_prose.exercise, exercise.widget
        ),
        closing=text(prose.closing, "wb-prose"),
        bench=panel,
        picture=picture,
        studies=(four, stacks),
    )


def _shown(panel: KernelPanel) -> ipywidgets.Widget:
    """The panel with its controls; the first look begins."""
    controls = panel.controls
    primary = [controls.widget(name) for name in FORM]
    more = [controls.widget(name, values) for name, values in DRAWER.items()]
    more.append(device_control(controls))
    left = [box(primary, "wb-controls"), panel.buttons, panel.status, frame.drawer(more)]
    panel.ask(panel.setting)
    shown = box([box(left, "wb-left"), box([panel.readouts.widget], "wb-right")], "wb-panel")
    code = AsCode(form_of, lambda setting: setting)
    panel.follow_asking(code.view.draw)
    return box([shown, code.widget], "wb-bench")


def _window(panel: KernelPanel, picture: Picture) -> ipywidgets.Widget:
    """The window on the picture; its kernel size, stride and padding are those of the panel."""
    window = Window(picture, panel.setting)

    def pass_on(setting: Setting) -> None:
        if setting != panel.controls.setting:
            panel.controls.show(setting)

    mirror = Controls(panel.setting, pass_on, picture.show_problem)
    controls = [mirror.widget(name) for name in FORM]

    def take(setting: Setting) -> None:
        picture.show_dataset(setting.dataset)
        window.show(setting)
        if setting != mirror.setting:
            mirror.show(setting)

    panel.follow_asking(take)
    left = box([*picture.controls, *controls, *window.controls], "wb-left")
    return box([left, box([window.widget], "wb-right")], "wb-panel")


def _four(panel: KernelPanel, picture: Picture) -> tuple[Study, Maps]:
    bars, done = KernelBars(), [False]

    def made(dataset: str, image: NDArray[np.uint8]) -> Sequence[FeatureMaps]:
        return kernel_surveys.trained_maps(dataset, image) if done[-1] else ()

    maps = Maps(picture, made)
    panel.follow(lambda look: bars.show_recorded(kernel_surveys.recorded_kernels(look.setting)))

    def survey(setting: Setting, report: Report) -> Grid:
        grid = kernel_surveys.kernels(setting, report)
        done[:] = [True]
        maps.draw()
        return grid

    study = Study(
        survey,
        lambda: panel.setting,
        bars.draw,
        bars.widget,
        message("Train the four"),
        message("train this network with windows of 1, 3, 5 and 7 pixels, count and time it"),
        told=four_text,
    )
    return study, maps


def four_text(setting: Setting) -> str:
    """What the four networks have in common."""
    return _("{network}: width {width}, {n} blocks, stride {stride}, {padding}").format(
        network=network_text(setting),
        width=setting.width,
        n=(setting.depth or 0) + 1,
        stride=setting.stride,
        padding=field_text("padding", setting.padding),
    )


def _stacks(panel: KernelPanel) -> Study:
    figure = Stacks()
    return Study(
        kernel_surveys.stacks,
        lambda: panel.setting,
        figure.draw,
        figure.widget,
        message("Compare them"),
        message("count both and time them in turn, at four places of a network"),
        told=lambda setting: _("width {width}, batch {n}").format(
            width=setting.width, n=setting.inference_batch
        ),
    )
