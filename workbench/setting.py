"""What one experiment is: a frozen, flat Setting, and the finite values a control may give it."""

from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import Any, Literal, Self, get_args

from workbench.locale import _

Augmentation = Literal["none", "shift", "shift_flip"]
Engine = Literal["onnxruntime", "torch", "torch_cuda"]
FOLDER = "folder:"
MOST_SEEDS = 2**63
WEIGHT_BITS = (32, 8, 7, 6, 5, 4, 3, 2)

SPACE: dict[str, tuple[Any, ...]] = {
    "dataset": ("fashion_mnist", "digits"),
    "model": ("mlp", "small_cnn", "resnet8"),
    "width": (4, 8, 16, 24, 32, 64, 128),
    "depth": (1, 2, 3, 4),
    "kernel_size": (1, 3, 5, 7),
    "learning_rate": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
    "batch_size": (8, 16, 32, 64, 128, 256, 512),
    "epochs": (1, 2, 3, 5, 10, 20, 30),
    "augmentation": get_args(Augmentation),
    "sparsity": tuple(step / 20 for step in range(20)),
    "weight_bits": (32, 8, 6, 5, 4, 3, 2),
    "engine": get_args(Engine),
    "inference_batch": (1, 4, 16, 64),
}
"""The values of each field that sliders, recorded grids and searches share."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One experiment: what is trained, how it is compressed, how it is run.

    None stands for the network's own default.
    """

    dataset: str = "fashion_mnist"
    model: str = "small_cnn"
    width: int | None = None
    depth: int | None = None
    kernel_size: int | None = None
    learning_rate: float = 0.1
    batch_size: int = 128
    epochs: int = 20
    augmentation: Augmentation = "shift_flip"
    seed: int = 0
    sparsity: float = 0.0
    weight_bits: int = 32
    engine: Engine = "onnxruntime"
    inference_batch: int = 64

    def __post_init__(self) -> None:
        for name in ("dataset", "model"):
            _check_name(name, getattr(self, name))
        for name in ("width", "depth", "kernel_size"):
            if (value := getattr(self, name)) is not None:
                _check_whole(name, value, at_least=1)
        for name in ("batch_size", "epochs", "inference_batch"):
            _check_whole(name, getattr(self, name), at_least=1)
        _check_whole("seed", self.seed, at_least=0)
        if self.seed >= MOST_SEEDS:
            rule = _("seed is a whole number below {most}, got {value}")
            raise ValueError(rule.format(most=MOST_SEEDS, value=self.seed))
        _check_whole("weight_bits", self.weight_bits, at_least=1)
        _check_choice("weight_bits", self.weight_bits, WEIGHT_BITS)
        _check_choice("augmentation", self.augmentation, get_args(Augmentation))
        _check_choice("engine", self.engine, get_args(Engine))
        if self.kernel_size is not None and self.kernel_size % 2 == 0:
            rule = _("kernel_size is odd, so that a pixel is its centre, got {value}")
            raise ValueError(rule.format(value=self.kernel_size))
        if not (_is_number(self.learning_rate) and 0 < self.learning_rate < float("inf")):
            rule = _("learning_rate is the step size: a number above 0, got {value}")
            raise ValueError(rule.format(value=self.learning_rate))
        if not (_is_number(self.sparsity) and 0 <= self.sparsity < 1):
            rule = _(
                "sparsity is the fraction of weights set to zero: 0 <= sparsity < 1, got {value}"
            )
            raise ValueError(rule.format(value=self.sparsity))

    @property
    def baseline(self) -> Self:
        """The same training and engine without compression: what everything is compared with."""
        return replace(self, sparsity=0.0, weight_bits=32)

    @property
    def training(self) -> Self:
        """Only what the trained weights depend on: the key of the checkpoint."""
        dataset = resolved(self.dataset)
        return replace(self.baseline, dataset=dataset, engine="onnxruntime", inference_batch=64)

    @property
    def checkpoint_name(self) -> str:
        """The file name of the trained weights: readable, and different for any other training.

        Only what differs from the defaults counts, so that a new field renames no old checkpoint.
        """
        plain = type(self)().as_dict()
        told = {name: v for name, v in self.training.as_dict().items() if v != plain[name]}
        key = sha256(dumps(told, sort_keys=True).encode()).hexdigest()[:8]
        words = "".join(c if c.isalnum() else "_" for c in f"{self.training.dataset}-{self.model}")
        return f"{words[:60]}-{key}.safetensors"

    def as_dict(self) -> dict[str, Any]:
        """Every field by name, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The setting that `as_dict` described; an unknown name is refused with the known ones."""
        known = [field.name for field in fields(cls)]
        for name in values:
            _check_choice(_("a setting's field"), name, known)
        return cls(**values)


def resolved(dataset: str) -> str:
    """The data set's name, the path of folder:PATH in full: "pics" is another folder elsewhere."""
    if not dataset.startswith(FOLDER):
        return dataset
    path = Path(dataset.removeprefix(FOLDER))
    with suppress(
        RuntimeError
    ):  # ~somebody who is nobody here: a folder of that name is looked for
        path = path.expanduser()
    return f"{FOLDER}{path.resolve()}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_name(name: str, value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise ValueError(_("{name} is a name, got {value}").format(name=name, value=repr(value)))


def _check_whole(name: str, value: Any, *, at_least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < at_least:
        raise ValueError(
            _("{name} is a whole number of at least {least}, got {value}").format(
                name=name, least=at_least, value=value
            )
        )


def _check_choice(name: str, value: Any, choices: Any) -> None:
    if value not in choices:
        known = ", ".join(str(choice) for choice in choices)
        raise ValueError(
            _("{name} is one of {known}, got {value}").format(name=name, known=known, value=value)
        )


SHIPPED: dict[tuple[str, str], Setting] = {
    (setting.dataset, setting.model): setting
    for setting in (
        Setting(model="mlp", learning_rate=0.03, epochs=20, augmentation="none"),
        Setting(model="small_cnn", epochs=30, augmentation="none"),
        Setting(model="resnet8", epochs=12),
        Setting(
            dataset="digits",
            model="mlp",
            learning_rate=0.05,
            batch_size=32,
            epochs=30,
            augmentation="none",
        ),
        Setting(
            dataset="digits", model="small_cnn", batch_size=32, epochs=30, augmentation="shift"
        ),
        Setting(dataset="digits", model="resnet8", batch_size=32, epochs=20, augmentation="shift"),
    )
}
"""The trainings whose weights ship, by data set and model: compression never waits for one."""


def shipped(dataset: str, model: str) -> Setting:
    """The setting whose trained weights ship, or the defaults where there is none."""
    return SHIPPED.get((dataset, model)) or Setting(dataset=dataset, model=model)
