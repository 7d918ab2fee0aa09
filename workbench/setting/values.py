"""What one experiment is: a frozen, flat Setting."""

from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from json import dumps
from typing import Any, Self

from workbench.locale import _
from workbench.setting.folder import resolved, without_folders
from workbench.setting.per_layer import per_layer
from workbench.setting.recipe import NOTHING, is_pruned, is_quantized, steps_of, without_effect
from workbench.setting.rules import (
    check_choice,
    check_fields,
    check_sparsity,
    check_together,
)
from workbench.setting.space import (
    BITS,
    DYNAMIC,
    NO_PATTERN,
    Augmentation,
    BatchNorm,
    CalibrationMethod,
    Criterion,
    Device,
    Engine,
    Granularity,
    Levels,
    Masks,
    Optimizer,
    Padding,
    Precision,
    QuantizedPer,
    Repair,
    Schedule,
    Scope,
    Symmetry,
)

TRAINING = (
    "dataset", "model", "width", "depth", "kernel_size", "convolutions", "stride", "padding",
    "learning_rate", "batch_size", "epochs", "optimizer", "momentum", "weight_decay", "schedule",
    "patience", "train_images", "augmentation", "seed", "precision", "loss_scale",
)  # fmt: skip
"""Fields that the trained weights depend on."""
RUNNING = ("engine", "device", "inference_batch")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One experiment: what is trained, how it is compressed, how it is run.

    None stands for a default. `recipe` names steps in any order instead of the fields.
    """

    dataset: str = "fashion_mnist"
    model: str = "small_cnn"
    width: int | None = None
    depth: int | None = None
    kernel_size: int | None = None
    convolutions: int | None = None
    stride: int | None = None
    padding: Padding | None = None
    learning_rate: float = 0.1
    batch_size: int = 128
    epochs: int = 20
    optimizer: Optimizer = "sgd"
    momentum: float = 0.9
    weight_decay: float = 5e-4
    schedule: Schedule = "one_cycle"
    patience: int = 0
    train_images: int = 0
    augmentation: Augmentation = "shift_flip"
    seed: int = 0
    precision: Precision = "float32"
    loss_scale: int = DYNAMIC
    sparsity: float = 0.0
    granularity: Granularity = "weight"
    criterion: Criterion = "magnitude"
    scope: Scope | None = None
    pattern: str = NO_PATTERN
    layer_sparsity: str = ""
    masks: Masks = "removed"
    snap_to: int = 1
    prune_steps: int = 1
    repair: Repair = "none"
    repair_epochs: int = 1
    finetune_rate: float = 0.1
    weight_bits: int = 32
    activation_bits: int | None = None
    weight_symmetry: Symmetry = "symmetric"
    activation_symmetry: Symmetry = "asymmetric"
    quantized_per: QuantizedPer = "channel"
    levels: Levels = "uniform"
    batch_norm: BatchNorm = "folded"
    layer_bits: str = ""
    calibration: int = 128
    calibration_method: CalibrationMethod = "minmax"
    percentile: float = 99.9
    qat_epochs: int = 0
    recipe: str = ""
    engine: Engine = "onnxruntime"
    device: Device = "cpu"
    inference_batch: int = 64

    def __post_init__(self) -> None:
        check_fields(self)
        self._check_compression()

    def _check_compression(self) -> None:
        """Read what is written as text, so that a slip is found here and not in the run."""
        for sparsity in self.layer_sparsities.values():
            check_sparsity(sparsity)
        for bits in self.layers_bits.values():
            check_choice("layer_bits", bits, BITS)
        if self.recipe and (is_pruned(self) or is_quantized(self)):
            rule = _(
                "recipe names the steps itself, so sparsity, pattern, bits and their layers stay"
                " as they are, got {value}"
            )
            raise ValueError(rule.format(value=self.recipe))
        check_together(self)
        steps_of(self)

    @property
    def layer_sparsities(self) -> dict[str, float]:
        """The sparsity of single layers, by name."""
        return per_layer("layer_sparsity", self.layer_sparsity, float)

    @property
    def layers_bits(self) -> dict[str, int]:
        """The weight bits of single layers, by name."""
        return per_layer("layer_bits", self.layer_bits, int)

    @property
    def baseline(self) -> Self:
        """The same training and engine without compression: what everything is compared with."""
        return type(self)(**{name: getattr(self, name) for name in (*TRAINING, *RUNNING)})

    @property
    def bits_of_activations(self) -> int:
        """`activation_bits`, where None stands for what 8-bit weights run best with."""
        has_int8 = self.weight_bits == 8 and self.engine == "onnxruntime"
        return self.activation_bits or (8 if has_int8 else 32)

    @property
    def shareable(self) -> Self:
        """The same without the folders of this computer, which are nobody's business elsewhere."""
        model, dataset = without_folders(self.model), without_folders(self.dataset)
        return replace(self, dataset=dataset, model=model)

    @property
    def uncompressed(self) -> Self:
        """Nothing taken away and no bits fewer, while how that would be done stays as it is."""
        full_bits = None if self.activation_bits is None else 32
        return replace(self, **NOTHING, activation_bits=full_bits)

    @property
    def effective(self) -> Self:
        """The same compression with every field at its default that has no effect."""
        return replace(self, **{name: PLAIN[name] for name in without_effect(self)})

    @property
    def training(self) -> Self:
        """Only what the trained weights depend on: the key of the checkpoint."""
        same = {name: getattr(self, name) for name in TRAINING}
        return type(self)(**same | {"dataset": resolved(self.dataset)})

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
            check_choice(_("a setting's field"), name, known)
        return cls(**values)


PLAIN = Setting().as_dict()
