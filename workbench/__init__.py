"""An interactive workbench on model optimization: every number is measured here and says how."""

__version__ = "0.1.0"
