"""A network that a file makes: as its seed says, or one sentence says why it cannot be used."""

import threading
from pathlib import Path
from textwrap import dedent

import pytest
import torch

from tests.browsers import until
from tests.own_networks import CLASSES, SHAPE, made, refusal, written_networks
from workbench.core.models import build
from workbench.core.own_model import SPEC, factory, identity_of
from workbench.setting import Setting, without_folders


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_networks(tmp_path_factory.mktemp("nets"))


def written(folder: Path, code: str) -> Path:
    path = folder / "net.py"
    path.write_text("import torch\nfrom torch import nn\n" + dedent(code), encoding="utf-8")
    return path


def test_the_seed_decides_the_weights_whatever_was_checked_before(networks: Path) -> None:
    first, again = (made(f"file:{networks}:residual").state_dict() for _time in range(2))
    for name, value in first.items():
        assert torch.equal(value, again[name])


@pytest.mark.parametrize("where", ["file", "factory"])
def test_a_file_that_never_ends_is_ended(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factory, "LONGEST_S", 0.5)
    before = threading.active_count()
    loop = "while True: pass" if where == "file" else "def net():\n    while True: pass"
    with pytest.raises(ValueError, match="makes its network in at most"):
        made(f"file:{written(tmp_path, loop)}:net")
    until(lambda: threading.active_count() == before, "the thread of the loop ends")


def test_an_edited_file_is_read_anew(tmp_path: Path) -> None:
    widths, identities = [], set()
    for width in (5, 7):
        layers = f"nn.Flatten(), nn.Linear(3072, {width}), nn.Linear({width}, 4)"
        name = f"file:{written(tmp_path, f'def net(): return nn.Sequential({layers})')}:net"
        widths.append(made(name).get_submodule("1").weight.shape[0])
        identities.add(identity_of(name))
    assert widths == [5, 7]
    assert len(identities) == 2


FLAT = "nn.Flatten(), nn.Linear(3072, 4)"
BAD_FACTORIES = {
    "no such function": ("def net(): pass", "other", "has no function other; it has net"),
    "one network": (f"net = nn.Sequential({FLAT})", "net", "name a function that makes a new one"),
    "no network": ("def net(): return 3", "net", "returns a network, a torch.nn.Module, got int"),
    "needs arguments": (
        "def net(depth, *, size): pass", "net", "but classes, channels, size, got depth",
    ),
    "positional only": ("def net(classes, /): pass", "net", "got classes"),
    "raises": ("def net():\n    return 1 / 0", "net", "line 4 with ZeroDivisionError: division"),
    "exits": ("raise SystemExit('bye')", "net", "line 3 with SystemExit: bye"),
    "interrupts": ("def net(): raise KeyboardInterrupt", "net", "line 3 with KeyboardInterrupt"),
    "no numbers": (
        f"class net(nn.Sequential):\n"
        f"    def __init__(self): super().__init__({FLAT})\n"
        f"    def forward(self, x): return super().forward(x) / 0",
        "net",
        "gives scores that are no numbers",
    ),
    "no python": ("def net(:", "net", "line 3 with SyntaxError: invalid syntax"),
    "no module": ("import not_there", "net", "ModuleNotFoundError: No module named 'not_there'"),
    "no classifier": (
        "def net(): return nn.Conv2d(3, 4, 3)", "net", "no classifier of 4 classes: for 3 images",
    ),
    "other classes": (
        "def net(): return nn.Sequential(nn.Flatten(), nn.Linear(3072, 5))", "net", "got (3, 5)",
    ),
    "a dictionary": (
        "class net(nn.Module):\n    def forward(self, x): return {'scores': x}", "net", "got dict",
    ),
    "other size": (
        "def net(): return nn.Sequential(nn.Flatten(), nn.Linear(784, 4))",
        "net",
        "cannot take images of 3 channels and 32 x 32 pixels: mat1 and mat2",
    ),
    "other channels": (
        "def net(): return nn.Conv2d(1, 4, 3)", "net", "cannot take images of 3 channels and 32",
    ),
    "a view that is none": (
        "class net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.a, self.b = nn.Conv2d(3, 2, 32), nn.Conv2d(3, 2, 16, 16)\n"
        "    def forward(self, x): return self.b(x).view(len(x), -1)[:, :4]",
        "net",
        "Use .reshape(...) instead",
    ),
    "no weights": (
        "def net(): return nn.Sequential(nn.AdaptiveAvgPool3d((4, 1, 1)), nn.Flatten())",
        "net",
        "has no convolution and no linear layer",
    ),
    "shared weights": (
        "def net():\n"
        "    a, b = nn.Linear(3072, 3072), nn.Linear(3072, 3072)\n"
        "    b.weight = a.weight\n"
        "    return nn.Sequential(nn.Flatten(), a, b, nn.Linear(3072, 4))",
        "net",
        "with weights of its own: 1.weight, 2.weight are one",
    ),
    "by chance": (
        f"class net(nn.Sequential):\n"
        f"    def __init__(self): super().__init__({FLAT})\n"
        f"    def forward(self, x): return super().forward(x) + torch.rand(4)",
        "net",
        "answers otherwise once it is exported",
    ),
    "by content": (
        f"class net(nn.Sequential):\n"
        f"    def __init__(self): super().__init__({FLAT})\n"
        f"    def forward(self, x):\n"
        f"        return super().forward(x) * (5 if x.mean() > 0.1 else 1)",
        "net",
        "answers otherwise once it is exported",
    ),
    "no export": (
        f"class net(nn.Sequential):\n"
        f"    def __init__(self): super().__init__({FLAT})\n"
        f"    def forward(self, x): return super().forward(torch.fft.fft2(x).real)",
        "net",
        "cannot be exported to ONNX",
    ),
    "no training": (
        f"class net(nn.Sequential):\n"
        f"    def __init__(self): super().__init__({FLAT})\n"
        f"    def forward(self, x): return super().forward(x).detach()",
        "net",
        "cannot be trained: element 0 of tensors does not require grad",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FACTORIES)
def test_what_cannot_be_worked_with_is_refused_in_one_sentence(case: str, tmp_path: Path) -> None:
    code, factory, told = BAD_FACTORIES[case]
    path = written(tmp_path, code)
    assert told in refusal(lambda: made(f"file:{path}:{factory}"))


def test_a_file_that_is_not_there_or_no_name_of_one_is_told(tmp_path: Path) -> None:
    assert "No such file" in refusal(lambda: made(f"file:{tmp_path / 'no.py'}:net"))
    for name in ("file:net.py", "file:net.txt:net", "file:weights.pt", "file:"):
        assert "file:PATH.py:FACTORY" in refusal(lambda name=name: made(name))


def test_a_network_of_a_file_has_no_width_to_set(networks: Path) -> None:
    setting = Setting(model=f"file:{networks}:residual", width=8)
    assert "has no width to set" in refusal(lambda: build(setting, SHAPE, CLASSES))


@pytest.mark.parametrize("path", ["net.py", "/a b/net.py", r"C:\nets\net.py", "./a:b.py/c.py"])
def test_any_systems_paths_are_read(path: str) -> None:
    found = SPEC.fullmatch(f"file:w.pt:file:{path}:make")
    assert found is not None
    inner = SPEC.fullmatch(found["rest"])
    assert inner is not None
    assert (inner["path"], inner["rest"]) == (path, "make")


def test_names_are_told_without_their_folders() -> None:
    assert without_folders("file:/me/w.pt:file:/you/net.py:make") == "file:w.pt:file:net.py:make"
    assert without_folders("small_cnn") == "small_cnn"
    assert without_folders("folder:C:\\me\\my images") == "folder:my images"


def test_the_check_leaves_the_random_numbers_as_they_were(networks: Path) -> None:
    torch.manual_seed(3)
    made(f"file:{networks}:Odd", (1, 16, 16))
    found = torch.rand(3)
    torch.manual_seed(3)
    assert torch.equal(found, torch.rand(3))
