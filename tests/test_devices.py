"""Devices: which are there and why others are not, and the control that says so."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event

import pytest
import torch

from workbench.core import devices
from workbench.lessons.devices import on_device
from workbench.locale import message, use_language
from workbench.setting import Setting
from workbench.widgets.controls import Controls
from workbench.widgets.device import DeviceControl, Reasons

NO_CUDA = message("PyTorch finds no CUDA device on this machine")
NO_MPS = message("this PyTorch was built without MPS, which is for Apple's GPUs")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes PyTorch say what it was built with and what it finds."""

    def is_like(*, built: tuple[str, ...] = (), found: tuple[str, ...] = ()) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: "cuda" in found)
        monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: "cuda" in built)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: "mps" in found)
        monkeypatch.setattr(torch.backends.mps, "is_built", lambda: "mps" in built)

    return is_like


def test_a_device_that_is_there_needs_no_reason(machine: Callable[..., None]) -> None:
    machine(built=("cuda",), found=("cuda",))
    assert set(devices.reasons()) == {"mps"}
    devices.check_device("cuda")


def test_a_device_without_a_build_and_one_without_hardware_have_different_reasons(
    machine: Callable[..., None],
) -> None:
    machine(built=("cuda",))
    without_hardware = str(devices.reasons()["cuda"])
    machine()
    assert str(devices.reasons()["cuda"]) != without_hardware


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_only_the_device_that_computes_is_waited_for(
    device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[str] = []
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: waited.append("cuda"))
    monkeypatch.setattr(torch.mps, "synchronize", lambda: waited.append("mps"))
    devices.synchronize("cpu")
    assert not waited
    devices.synchronize(device)
    assert waited == [device]


class Page:
    """A control on a machine that lacks what `reasons` names, and the settings it made."""

    def __init__(self, reasons: Reasons) -> None:
        self.settings: list[Setting] = []
        self.controls = Controls(Setting(), self.settings.append, pytest.fail)
        looked = Event()

        def look() -> Reasons:
            looked.set()
            return reasons

        self.control = DeviceControl(self.controls, look, on_device)
        assert looked.wait(10)
        self.control.close()

    @property
    def dropdown(self) -> object:
        return self.control.widget.children[0]

    @property
    def words(self) -> str:
        return str(self.control.widget.children[1].value)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def test_without_a_choice_the_control_is_closed_and_says_why() -> None:
    page = Page({"cuda": NO_CUDA, "mps": NO_MPS})
    assert page.dropdown.disabled  # type: ignore[attr-defined]
    assert str(NO_CUDA) in page.words


def test_with_a_choice_the_control_moves_the_setting_to_an_engine_that_can() -> None:
    page = Page({"mps": NO_MPS})
    page.dropdown.value = "cuda"  # type: ignore[attr-defined]
    assert page.settings == [replace(Setting(), device="cuda", engine="torch")]
    page.dropdown.value = "cpu"  # type: ignore[attr-defined]
    assert page.settings[-1] == Setting()


def test_the_reasons_are_said_in_the_language_of_the_page() -> None:
    page = Page({"cuda": NO_CUDA, "mps": NO_MPS})
    use_language("tr")
    assert str(NO_CUDA) in page.words
    assert page.dropdown.description == "cihaz"  # type: ignore[attr-defined]
