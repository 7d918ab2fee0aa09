"""The device control as lessons place it: torch is imported when it looks, not before."""

from collections.abc import Mapping
from dataclasses import replace

import ipywidgets

from workbench.locale import Message
from workbench.setting import Setting
from workbench.widgets.controls import Controls
from workbench.widgets.device import DeviceControl


def device_control(controls: Controls) -> ipywidgets.Widget:
    """The control of the device that runs the networks of this page."""
    return DeviceControl(controls, device_reasons, on_device).widget


def device_reasons() -> Mapping[str, Message]:
    """Why a device is not there, by its name."""
    from workbench.core.devices import reasons

    return reasons()


def on_device(setting: Setting, device: str) -> Setting:
    """The setting with its network there: ONNX Runtime computes on the processor alone here."""
    engine = "onnxruntime" if device == "cpu" else "torch"
    return replace(setting, device=device, engine=engine)  # type: ignore[arg-type]
