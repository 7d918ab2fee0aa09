"""A number says how it was got, or it is none; an answer goes into JSON whole."""

import json
from dataclasses import FrozenInstanceError
from typing import get_args

import numpy as np
import pytest

from workbench.locale import message
from workbench.measurement import (
    Measurement,
    Progress,
    Provenance,
    Quantity,
    WeightHistogram,
    ignore,
)
from workbench.setting import Setting

NAMED = (
    "accuracy", "file_bytes", "deflated_bytes", "packed_bytes", "latency_ms", "speedup",
    "parameters", "nonzero_parameters", "macs",
)  # fmt: skip


def quantity(provenance: str = "measured") -> Quantity:
    """Half of 100 images."""
    return Quantity(
        value=0.5,
        unit="fraction",
        provenance=provenance,  # type: ignore[arg-type]
        how=message("right answers on {n} images", n=100),
        low=0.4,
        high=0.6,
        n=100,
    )


def measurement() -> Measurement:
    """An answer with every number that a report needs."""
    return Measurement(
        setting=Setting(sparsity=0.5),
        quantities=dict.fromkeys(NAMED, quantity()),
        predictions=np.zeros(100, np.int64),
        ratios=np.ones(60),
        weights=WeightHistogram(edges=(-1.0, 0.0, 1.0), kept=(3, 4), pruned=(5, 6)),
        machine={"processor": "a"},
        notes=(message("this machine is busy: others share its processor"),),
    )


@pytest.mark.parametrize("provenance", get_args(Provenance))
def test_every_provenance_is_taken(provenance: str) -> None:
    assert quantity(provenance).provenance == provenance


def test_an_unknown_provenance_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="guessed") as error:
        quantity("guessed")
    assert all(known in str(error.value) for known in get_args(Provenance))


def test_a_quantity_cannot_be_made_without_saying_how() -> None:
    with pytest.raises(TypeError, match="provenance"):
        Quantity(value=1.0, unit="ms", how=message("x"))  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="how"):
        Quantity(value=1.0, unit="ms", provenance="measured")  # type: ignore[call-arg]


def test_a_quantity_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        quantity().value = 1.0  # type: ignore[misc]


def test_a_quantity_in_json_has_value_unit_provenance_and_interval() -> None:
    told = json.loads(json.dumps(quantity().as_dict()))
    assert told == {
        "value": 0.5, "unit": "fraction", "provenance": "measured",
        "low": 0.4, "high": 0.6, "n": 100, "how": "right answers on 100 images",
        "interval": "confidence",
    }  # fmt: skip


def test_a_measurement_in_json_is_setting_machine_and_a_key_a_quantity() -> None:
    told = json.loads(json.dumps(measurement().as_dict()))
    assert set(told) == {"setting", "machine", "notes", *NAMED}
    assert Setting.from_dict(told["setting"]) == Setting(sparsity=0.5)
    assert told["machine"] == {"processor": "a"}
    assert told["notes"] == ["this machine is busy: others share its processor"]
    for name in NAMED:
        assert {"value", "unit", "provenance", "low", "high", "n"} <= set(told[name])


def test_progress_knows_nothing_at_first_and_may_be_ignored() -> None:
    progress = Progress(stage=message("loading"))
    assert (dict(progress.quantities), progress.done, progress.total) == ({}, 0, 0)
    ignore(progress)
