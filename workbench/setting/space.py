"""The closed choices of a setting, and the finite values that sliders and searches share."""

from typing import Any, Literal, get_args

Augmentation = Literal["none", "shift", "shift_flip"]
Optimizer = Literal["sgd", "adamw"]
Schedule = Literal["one_cycle", "constant", "step", "cosine"]
Padding = Literal["same", "valid"]
Precision = Literal["float32", "mixed_float16", "mixed_bfloat16", "float16"]
Engine = Literal["onnxruntime", "torch"]
Device = Literal["cpu", "cuda", "mps"]
Granularity = Literal["weight", "neuron", "filter"]
Criterion = Literal["magnitude", "l2", "random", "gradient", "activation", "batch_norm"]
Scope = Literal["global", "layer"]
Masks = Literal["removed", "kept"]
Repair = Literal["none", "batch_norm", "finetune"]
Symmetry = Literal["symmetric", "asymmetric"]
QuantizedPer = Literal["channel", "tensor"]
Levels = Literal["uniform", "kmeans"]
BatchNorm = Literal["folded", "separate"]
CalibrationMethod = Literal["minmax", "percentile", "mse", "entropy"]

BITS = (32, 16, 8, 7, 6, 5, 4, 3, 2)
NO_PATTERN = "none"
DYNAMIC, UNSCALED = 0, 1
"""Loss scales that are no factor: a scaler finds it while it trains, or there is none."""
SCALES = tuple(2**power for power in range(25))

CHOICES: dict[str, tuple[Any, ...]] = {
    "augmentation": get_args(Augmentation),
    "optimizer": get_args(Optimizer),
    "schedule": get_args(Schedule),
    "padding": get_args(Padding),
    "precision": get_args(Precision),
    "engine": get_args(Engine),
    "device": get_args(Device),
    "granularity": get_args(Granularity),
    "criterion": get_args(Criterion),
    "scope": get_args(Scope),
    "masks": get_args(Masks),
    "repair": get_args(Repair),
    "weight_bits": BITS,
    "activation_bits": BITS,
    "weight_symmetry": get_args(Symmetry),
    "activation_symmetry": get_args(Symmetry),
    "quantized_per": get_args(QuantizedPer),
    "levels": get_args(Levels),
    "batch_norm": get_args(BatchNorm),
    "calibration_method": get_args(CalibrationMethod),
}
"""Fields that take one of a few values, and nothing else."""
COUNTS = (
    "batch_size", "epochs", "inference_batch", "snap_to", "prune_steps", "repair_epochs",
    "calibration",
)  # fmt: skip
"""Fields that count something, and at least one of it."""
OPEN = ("scope", "activation_bits", "padding")
"""Choices that may be None."""
OPEN_COUNTS = ("width", "depth", "kernel_size", "convolutions", "stride")
"""Counts that may be None."""

SPACE: dict[str, tuple[Any, ...]] = {
    "dataset": ("fashion_mnist", "digits"),
    "model": ("mlp", "small_cnn", "resnet8", "sigmoid_cnn"),
    "width": (4, 8, 16, 24, 32, 64, 128),
    "depth": (1, 2, 3, 4),
    "kernel_size": (1, 3, 5, 7),
    "convolutions": (1, 2, 3),
    "stride": (1, 2, 3),
    "learning_rate": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
    "batch_size": (8, 16, 32, 64, 128, 256, 512),
    "epochs": (1, 2, 3, 5, 10, 20, 30),
    "momentum": (0.0, 0.5, 0.9, 0.95, 0.99),
    "weight_decay": (0.0, 1e-4, 5e-4, 1e-3, 1e-2),
    "loss_scale": (DYNAMIC, *SCALES),
    "patience": (0, 1, 2, 3, 5, 10),
    "train_images": (0, 100, 200, 500, 1000),
    "seed": (0, 1, 2, 3, 4),
    "sparsity": tuple(step / 20 for step in range(20)),
    "pattern": (NO_PATTERN, "2:4", "1:4", "4:8"),
    "snap_to": (1, 4, 8, 16),
    "prune_steps": (1, 2, 3, 5),
    "repair_epochs": (1, 2, 3, 5),
    "finetune_rate": (0.01, 0.03, 0.1, 0.3, 1.0),
    "calibration": (8, 32, 128, 512),
    "percentile": (90.0, 99.0, 99.5, 99.9, 99.99),
    "qat_epochs": (0, 1, 2, 3),
    "inference_batch": (1, 4, 16, 64),
    **CHOICES,
    "weight_bits": (32, 16, 8, 6, 5, 4, 3, 2),
    "activation_bits": (32, 16, 8, 6, 5, 4, 3, 2),
}
"""The values of each field that sliders, recorded grids and searches share."""
