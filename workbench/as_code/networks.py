"""The lines that build a network, and which of its channels go together."""

from typing import NamedTuple

from workbench.as_code.lines import bracketed
from workbench.setting import Setting

CLASSES = {"mlp": "MLP", "small_cnn": "SmallCNN", "resnet8": "ResNet8", "sigmoid_cnn": "SigmoidCNN"}
"""The networks whose programs stand alone."""
FORM = ("width", "depth", "kernel_size", "convolutions", "stride", "padding")
DEPTHS = {"mlp": 2, "small_cnn": 2, "resnet8": 3, "sigmoid_cnn": 6}


class Group(NamedTuple):
    """As the programs have it: the layers that make the channels, their batch norms, who reads."""

    out: list[str]
    norms: list[str]
    readers: list[str]


def network(setting: Setting, **said: str) -> list[str]:
    """The lines that make `model` for `data`; `said`: fields that the program names."""
    told = {
        name: repr(getattr(setting, name)).replace("'", '"')
        for name in FORM
        if getattr(setting, name) is not None
    }
    fields = [f"{name}={text}" for name, text in {**told, **said}.items()]
    begin = f"model = {CLASSES[setting.model]}("
    return bracketed(begin, ["data.shape", "len(data.classes)", *fields], ")")


def kind(setting: Setting) -> str:
    """What the channels of the network are called."""
    return "neuron" if setting.model == "mlp" else "filter"


def groups(setting: Setting) -> dict[str, Group]:
    """Channels that go together, named after the first layer that makes them."""
    depth = setting.depth or DEPTHS[setting.model]
    if setting.model == "resnet8":
        return _residual(depth)
    if setting.model == "mlp":
        return _chain([f"hidden.{block}" for block in range(depth)], has_norms=False)
    if setting.model == "sigmoid_cnn":
        return _chain([f"blocks.{block}" for block in range(depth + 1)], has_norms=False)
    count = (depth + 1) * (setting.convolutions or 1)
    return _chain([f"blocks.{block}" for block in range(count)], has_norms=True)


def _chain(blocks: list[str], *, has_norms: bool) -> dict[str, Group]:
    found = {}
    for block, after in zip(blocks, [*blocks[1:], ""], strict=True):
        readers = [f"{after}.0" if after else "classifier"]
        found[f"{block}.0"] = Group([f"{block}.0"], [f"{block}.1"] * has_norms, readers)
    return found


def _residual(depth: int) -> dict[str, Group]:
    readers = [
        [f"blocks.{block}.{part}.0" for part in ("first", "shortcut")] for block in range(depth)
    ]
    found = {"stem.0": Group(["stem.0"], ["stem.1"], readers[0])}
    for block in range(depth):
        first, second, shortcut = (f"blocks.{block}.{p}" for p in ("first", "second", "shortcut"))
        found[f"{first}.0"] = Group([f"{first}.0"], [f"{first}.1"], [f"{second}.0"])
        found[f"{second}.0"] = Group(
            [f"{second}.0", f"{shortcut}.0"],
            [f"{second}.1", f"{shortcut}.1"],
            readers[block + 1] if block + 1 < depth else ["classifier"],
        )
    return found
