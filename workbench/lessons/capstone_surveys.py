"""What lesson 10 asks of core: imported when first asked for, with torch."""

from collections.abc import Callable

from workbench.locale import message
from workbench.measurement import Progress, Quantities, Quantity
from workbench.setting import SHIPPED, Setting, expanded
from workbench.widgets.capstone.loader import Loaded
from workbench.widgets.capstone.take_home import Wanted, Written


def setting_of(dataset: str, model: str) -> Setting:
    """The training whose weights ship, or one of few epochs and small batches, for few images."""
    known = SHIPPED.get((dataset, model))
    return known or Setting(
        dataset=dataset, model=model, learning_rate=0.03, batch_size=32, epochs=10,
        augmentation="none",
    )  # fmt: skip


def loaded(setting: Setting, tell: Callable[[Loaded], None]) -> Loaded:
    """Read the images and build the network; what cannot be used is refused in a sentence."""
    from workbench.core.architecture import architecture_of
    from workbench.core.data import load
    from workbench.core.sizes import parameter_counts

    waiting = Loaded(setting=setting, counts={})
    tell(waiting)
    data = load(setting.dataset)
    tell(waiting)
    architecture = architecture_of(setting)
    channels, side, _width = data.image_shape
    counts = {
        "classes": len(data.classes),
        "image_side": side,
        "image_channels": channels,
        "train_images": len(data.train_labels),
        "test_images": len(data.test_labels),
    }
    found: Quantities = {name: _counted(value) for name, value in counts.items()}
    parameters = parameter_counts(architecture.form)["parameters"]
    more = {"parameters": parameters, "macs": architecture.macs}
    return Loaded(setting=setting, counts={**found, **more})


def _counted(value: int) -> Quantity:
    how = message("counted in the data set as it was read")
    return Quantity(value=value, unit="count", provenance="computed", how=how)


def taken_home(wanted: Wanted, tell: Callable[[Written], None]) -> Written:
    """Measure the version once more and write its folder."""
    from workbench.core.export import export

    waiting = Written(wanted=wanted)

    def report(_progress: Progress) -> None:
        tell(waiting)

    made = export(wanted.setting, expanded(wanted.folder).absolute(), report)
    return Written(
        wanted=wanted, folder=str(made.folder), files=made.files, measurement=made.measurement
    )
