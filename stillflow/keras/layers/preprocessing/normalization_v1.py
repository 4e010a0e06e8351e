"""Inputs scaled by means and variances of data that was seen before, in a graph."""

from __future__ import annotations

from stillflow.keras.layers.preprocessing import normalization
from stillflow.keras.layers.preprocessing.base_v1 import CombinerPreprocessingLayer


class Normalization(normalization.Normalization, CombinerPreprocessingLayer):
    """`Normalization` whose `adapt` runs in Keras' session."""
