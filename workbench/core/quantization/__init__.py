"""Quantization: fewer bits for weights, how well that kept them, and training with it."""

from workbench.core.quantization.fake import fake_quantized
from workbench.core.quantization.nine import rounding
from workbench.core.quantization.quality import levels_used, sqnr_db
from workbench.core.quantization.weights import quantize_weights

__all__ = ["fake_quantized", "levels_used", "quantize_weights", "rounding", "sqnr_db"]
