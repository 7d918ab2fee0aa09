"""Codebooks of shared values: k-means in one dimension, as scipy's, and never worse than a grid."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from torch import Tensor

from workbench.core.quantization.codebook import codebook, nearest, on_codebook
from workbench.core.quantization.grid import on_grid

FEW_BITS = [2, 3, 4, 5, 6, 7, 8]
SHAPES = {
    "bell": lambda rng: rng.normal(size=6000),
    "pointed": lambda rng: rng.laplace(size=6000),
    "flat": lambda rng: rng.uniform(-1, 1, 6000),
    "long tails": lambda rng: rng.standard_t(3, 6000),
    "all positive": lambda rng: np.abs(rng.normal(size=6000)) + 0.1,
}


@pytest.fixture(params=SHAPES)
def weight(request: pytest.FixtureRequest) -> Tensor:
    """Weights of one layer, (channels, inputs), of which none is 0."""
    values = SHAPES[request.param](np.random.default_rng(0)).astype(np.float32)
    return torch.from_numpy(values).view(60, 100)


def flat(weight: Tensor) -> NDArray[np.float32]:
    values: NDArray[np.float32] = weight.flatten().numpy()
    return values


@pytest.mark.parametrize("bits", FEW_BITS)
def test_its_squared_error_is_never_larger_than_a_grids(weight: Tensor, bits: int) -> None:
    for symmetry in ("symmetric", "asymmetric"):
        grid = on_grid(weight, bits, symmetry=symmetry, per="tensor")
        shared = on_codebook(weight, bits)
        assert (shared - weight).square().sum() <= (grid - weight).square().sum() * (1 + 1e-6)


@pytest.mark.filterwarnings("ignore:One of the clusters is empty")
@pytest.mark.parametrize("bits", [2, 3, 4])
def test_it_finds_the_values_that_scipys_k_means_finds(weight: Tensor, bits: int) -> None:
    values = flat(weight).astype(np.float64)
    start = np.linspace(values.min(), values.max(), 2**bits)[:, None]
    theirs, _place = kmeans2(values[:, None], start, iter=50, minit="matrix")
    ours = codebook(flat(weight), 2**bits)
    assert np.allclose(ours, np.sort(theirs[:, 0]), atol=1e-5 * np.abs(values).max())


@pytest.mark.parametrize("bits", FEW_BITS)
def test_each_weight_gets_the_nearest_value_of_the_book(weight: Tensor, bits: int) -> None:
    values, book = flat(weight), codebook(flat(weight), 2**bits)
    distances = np.abs(values[:, None] - book[None, :])
    chosen = distances[np.arange(len(values)), nearest(values, book)]
    assert np.allclose(chosen, distances.min(axis=1), atol=1e-6)


@pytest.mark.parametrize("bits", [2, 4])
def test_each_value_is_the_mean_of_the_weights_that_share_it(bits: int) -> None:
    values = np.random.default_rng(1).uniform(-1, 1, 500).astype(np.float32)
    book = codebook(values, 2**bits)
    place = nearest(values, book)
    means = [values[place == number].mean() for number in range(2**bits)]
    assert np.allclose(means, book, atol=1e-3)


@pytest.mark.parametrize("bits", FEW_BITS)
def test_zeros_stay_zeros_and_take_one_of_the_values(weight: Tensor, bits: int) -> None:
    pruned = torch.where(torch.arange(weight.numel()).view_as(weight) % 3 == 0, 0.0, weight)
    found = on_codebook(pruned, bits)
    assert bool((found[pruned == 0] == 0).all())
    assert len(found.unique()) <= 2**bits


def test_weights_of_few_values_stay_as_they_are() -> None:
    weight = torch.tensor([[-1.0, 0.5, 3.0, 0.0], [3.0, -1.0, 0.0, 0.5]])
    assert torch.allclose(on_codebook(weight, 4), weight, atol=1e-6)


def test_weights_that_are_all_zero_stay_so() -> None:
    assert torch.equal(on_codebook(torch.zeros(3, 4), 2), torch.zeros(3, 4))


def test_more_values_never_fit_worse(weight: Tensor) -> None:
    errors = [float((on_codebook(weight, bits) - weight).square().mean()) for bits in FEW_BITS]
    assert errors == sorted(errors, reverse=True)


def test_the_same_weights_get_the_same_book(weight: Tensor) -> None:
    assert torch.equal(on_codebook(weight, 4), on_codebook(weight.clone(), 4))


def test_from_16_bits_on_there_is_no_book(weight: Tensor) -> None:
    assert torch.equal(on_codebook(weight, 16), weight.half().float())
    assert torch.equal(on_codebook(weight, 32), weight)
