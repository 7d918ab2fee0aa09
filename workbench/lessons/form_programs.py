"""The programs of lesson 3: a form counted, and its kernel sizes trained and compared."""

from workbench.as_code import FILE, Program, form, kernel_sizes
from workbench.lessons.programs import images_of, learned_from
from workbench.locale import message
from workbench.setting import Setting


def form_of(setting: Setting) -> Program:
    """The program behind the panel of lesson 3: what a form costs and sees."""
    from workbench.core.data import load
    from workbench.core.receptive import sights

    sights(setting, load(setting.dataset).image_shape)  # a form that does not exist says why
    about = message(
        "This program needs no workbench. It counts what the panel counts, and writes the file of"
        " the untrained network; names in it are other ones, so that it is a few KiB larger or"
        " smaller. Speeds hold for one moment and are not told. Save it as {file} and run it so:",
        file=FILE,
    )
    return Program(
        text=form(setting), about=about, **images_of(setting), reads={"test": 1}
    )  # fmt: skip


def kernel_sizes_of(setting: Setting) -> Program:
    """The program behind the four windows that are trained; raises ValueError where none fits."""
    from workbench.core.data import load
    from workbench.core.studies.short_trainings import possible, short_training

    sizes = possible(setting, load(setting.dataset))
    short = short_training(setting, sizes[0])
    about = message(
        "This program needs no workbench. It trains the network with each window as the button"
        " above does, prints the accuracy on validation images, and compares each with 3 x 3 by"
        " McNemar's test, corrected for their number. Save it as {file} and run it so:",
        file=FILE,
    )
    return Program(
        text=kernel_sizes(short, sizes), about=about, **images_of(setting),
        reads=learned_from(short),
    )  # fmt: skip
