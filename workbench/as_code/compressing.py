"""The lines of a program that compress a trained network, step by step as the setting says."""

import json
from collections.abc import Mapping
from dataclasses import replace

from workbench.as_code.lines import bracketed, indented
from workbench.as_code.networks import groups, kind, network
from workbench.as_code.processor import Processor
from workbench.setting import NO_PATTERN, Setting, Step, is_real_int8, steps_of

CHANNELS_LAST = ".to(memory_format=torch.channels_last)"
"""The layout in which the sums of the panel are made: in another one they end otherwise."""
CHANNELS = "counted = {{name: {how} for name, group in groups.items()}}"
SCORES = {
    "magnitude": "magnitude(model)",
    "l2": "squared(model)",
    "random": "at_random(model, {seed})",
    "gradient": "gradient(model, *data.batch(256))",
    "activation": "activation(model, data.batch(256)[0])",
    "batch_norm": "magnitude(model)",
}


class Lines:
    """The lines so far, and whether weights wait to be rounded."""

    def __init__(self, setting: Setting, processor: Processor) -> None:
        self.setting, self._processor = setting, processor
        self.text: list[str] = []
        self._bits: Step | None = None
        self._is_rounded = False
        self._names_channels = False

    def do(self, step: Step) -> None:
        """Add the lines of one step."""
        if step.kind == "quantize":
            self._bits, self._is_rounded = step, False
        elif step.kind == "recalibrate":
            self.text.append("recalibrate(model, data)")
        elif step.kind == "finetune":
            self._finetune(step)
        else:
            self.finish()
            self._prune(step)

    def finish(self) -> None:
        """Round weights that wait for it."""
        if self._bits is not None and not self._is_rounded:
            bits, setting = self._bits_lines(self._bits), self.setting
            folded = setting.batch_norm == "folded"
            how = f"{on_values(setting)}, folded={folded}"
            self.text += [*bits, f"round_weights(model, bits, {how})"]
            self._is_rounded = True

    def _prune(self, step: Step) -> None:
        setting = self.setting
        scores = SCORES[setting.criterion].format(seed=setting.seed)
        if step.granularity == "weight":
            self.text += [f"scores = {scores}", *_zeros(setting, step)]
            return
        if not self._names_channels:
            self.text += _channels(setting)
            self._names_channels = True
        if setting.criterion == "batch_norm":
            self.text.append(CHANNELS.format(how="norm_counts(model, group)"))
        else:
            power = ", 0.5" if setting.criterion == "l2" else ""
            how = f"counts(model, group, scores{power})"
            self.text += [f"scores = {scores}", CHANNELS.format(how=how)]
        self.text += _cut(setting, step)

    def _finetune(self, step: Step) -> None:
        setting, bits = self.setting, self._bits
        rate = f"{setting.learning_rate * setting.finetune_rate:.15g}"
        learn = f"learn(model, data, {step.epochs}, {rate})"
        self._is_rounded = False
        if bits is None:
            self.text.append(learn)
            return
        inputs = self._plain(bits).bits_of_activations
        told = [on_values(setting), f"folded={setting.batch_norm == 'folded'}"]
        if inputs < 32:
            is_symmetric = setting.activation_symmetry == "symmetric"
            told += [f"input_bits={inputs}", f"is_symmetric={is_symmetric}"]
        self.text += [
            *self._bits_lines(bits),
            *bracketed("hooks = rounding_begins(", ["model", "bits", *told], ")"),
            learn,
            "rounding_ends(model, hooks)",
        ]

    def _plain(self, step: Step) -> Setting:
        bits = {"weight_bits": step.weight_bits, "activation_bits": step.activation_bits}
        plain = replace(self.setting, recipe="", sparsity=0.0, **bits)  # type: ignore[arg-type]
        if is_real_int8(plain):
            plain = replace(plain, weight_bits=self._processor.weight_bits)
        return plain

    def _bits_lines(self, step: Step) -> list[str]:
        plain = self._plain(step)
        alike = f"bits = {{name: {plain.weight_bits} for name in layers(model)}}"
        return _mapping(f"{alike} | ", plain.layers_bits) if plain.layer_bits else [alike]


def compressing(setting: Setting, processor: Processor) -> list[str]:
    """From the trained network to the one that is exported."""
    lines = Lines(setting, processor)
    for step in steps_of(setting):
        lines.do(step)
    lines.finish()
    return lines.text


def loading(setting: Setting) -> list[str]:
    """The data, and the trained network from its file."""
    return [
        "torch.set_num_threads(1)  # with more threads sums are made in another order",
        "data = Data(folder)",
        *network(setting),
        "model.load_state_dict(load_file(weights))",
        f"model.eval(){CHANNELS_LAST}",
    ]


def _mapping(begin: str, values: Mapping[str, object]) -> list[str]:
    entries = [f"{json.dumps(name)}: {value!r}" for name, value in values.items()]
    return bracketed(f"{begin}{{", entries, "}")


def _zeros(setting: Setting, step: Step) -> list[str]:
    own = setting.layer_sparsities
    lines, rest = [], ""
    if own:
        lines += _mapping("own = ", own)
        lines.append("rest = [name for name in layers(model) if name not in own]")
        rest = ", rest"
    if setting.pattern != NO_PATTERN:
        most, of = setting.pattern.split(":")
        lines.append(f"zero_by_pattern(model, scores, {most}, {of}{rest})")
    elif setting.scope == "layer":
        lines.append(f"for name in {'rest' if own else 'layers(model)'}:")
        lines.append(f"    zero_lowest(model, scores, {step.sparsity!r}, [name])")
    else:
        lines.append(f"zero_lowest(model, scores, {step.sparsity!r}{rest})")
    if own:
        lines.append("for name, fraction in own.items():")
        lines.append("    zero_lowest(model, scores, fraction, [name])")
    return lines


def _channels(setting: Setting) -> list[str]:
    lines = ["groups = {"]
    for name, group in groups(setting).items():
        told = [json.dumps(part) for part in group]
        lines += indented(bracketed(f'"{name}": Group(', told, "),"))
    counted = "{name: len(layers(model)[name].weight) for name in groups}"
    return [*lines, "}", f"trained = {counted}"]


def _cut(setting: Setting, step: Step) -> list[str]:
    of_layer = {layer: name for name, group in groups(setting).items() for layer in group.out}
    own = {of_layer[layer]: value for layer, value in setting.layer_sparsities.items()}
    lines, rest = [], "counted"
    if own:
        lines += _mapping("own = ", own)
        lines.append("rest = {name: each for name, each in counted.items() if name not in own}")
        rest = "rest"
    count = "stay_of_all" if setting.scope == "global" else "stay_in_each"
    lines.append(f"left = {count}({rest}, trained, {step.sparsity!r})")
    if own:
        lines.append("for name, fraction in own.items():")
        lines.append("    left |= stay_in_each({name: counted[name]}, trained, fraction)")
    snap = f", {setting.snap_to}" if setting.snap_to != 1 else ""
    return [*lines, f"remove(model, groups, counted, left{snap})", f"model{CHANNELS_LAST}"]


def on_values(setting: Setting) -> str:
    """The piece that moves weights to the values that they may take."""
    if setting.levels == "kmeans":
        return "on_codebook"
    return setting.weight_symmetry + ("_per_tensor" if setting.quantized_per == "tensor" else "")


def has_channels(setting: Setting) -> bool:
    """Whether every pruning of the setting finds what it prunes."""
    wanted = {step.granularity for step in steps_of(setting) if step.kind == "prune"}
    return wanted <= {"weight", kind(setting)}


def unknown_layers(setting: Setting) -> list[str]:
    """Layers with a sparsity of their own that make no channels, where channels are removed."""
    is_removing = any(s.kind == "prune" and s.granularity != "weight" for s in steps_of(setting))
    known = {layer for group in groups(setting).values() for layer in group.out}
    return [layer for layer in setting.layer_sparsities if is_removing and layer not in known]
