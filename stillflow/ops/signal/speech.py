"""Features of speech: spectrograms of sounds, and mel-frequency cepstral coefficients of these.

The ops behind `contrib.framework.python.ops.audio_ops`; `tf.signal` composes its own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes, format_sizes

_LEAST_ENERGY = 1e-12


def _spectrogram(ctx: ShapeContext) -> Sizes:
    length, channels = shapes.with_rank(ctx.shape(0), 2)
    window, stride = ctx.attrs["window_size"], ctx.attrs["stride"]
    count = None if length is None else _windows(length, window, stride)
    return (channels, count, 1 + _power_of_two(window) // 2)


def _windows(length: int, window: int, stride: int) -> int:
    return 0 if length < window else 1 + (length - window) // stride


def _power_of_two(size: int) -> int:
    """The least power of two that is not less than `size`."""
    return 1 << max(size - 1, 0).bit_length()


@op(
    "AudioSpectrogram",
    "input: float32 -> spectrogram: float32",
    shape=_spectrogram,
    host=True,
)
def audio_spectrogram(xp, input, *, window_size: int, stride: int, magnitude_squared: bool = False):
    """Returns how strong each frequency is in each window of a sound.

    Args:
      input: f32[samples, channels].
      window_size: how many samples a window has; Hann's window weights them.
      stride: how many samples lie between the starts of two windows.
      magnitude_squared: whether to give squares.

    Returns:
      f32[channels, windows, 1 + n / 2], n being `window_size` made a power of two.
    """
    if input.ndim != 2:
        refuse(f"input must be 2-dimensional{format_sizes(input.shape)}")
    if window_size < 2 or stride < 1:
        refuse(
            f"Spectrogram initialization failed for window size {window_size} and stride {stride}"
        )
    length, channels = input.shape
    count, size = _windows(length, window_size, stride), _power_of_two(window_size)
    # TensorFlow's kernel goes on where the channel before has ended.
    sound = input.T.reshape(-1)
    starts = np.arange(0, max(sound.size - window_size + 1, 0), stride)
    of_channel = (starts + window_size - 1) // max(length, 1)
    for channel in range(channels):
        found = np.count_nonzero(of_channel == channel)
        if found != count:
            refuse(f"Spectrogram size calculation failed: Expected height {count} but got {found}")
    weights = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window_size) / window_size)
    frames = sound[starts[:, None] + np.arange(window_size)] * weights
    spectrum = np.fft.rfft(frames, size)
    squares = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    squares = squares.reshape(channels, count, 1 + size // 2)
    return squares if magnitude_squared else np.sqrt(squares)


audio_spectrogram.not_differentiable()


def _coefficients(ctx: ShapeContext) -> Sizes:
    channels, count, _ = shapes.with_rank(ctx.shape(0), 3)
    shapes.with_rank(ctx.shape(1), 0)
    return (channels, count, ctx.attrs["dct_coefficient_count"])


@op(
    "Mfcc",
    "spectrogram: float32, sample_rate: int32 -> output: float32",
    shape=_coefficients,
    host=True,
)
def mfcc(
    xp,
    spectrogram,
    sample_rate,
    *,
    upper_frequency_limit: float = 4000,
    lower_frequency_limit: float = 20,
    filterbank_channel_count: int = 40,
    dct_coefficient_count: int = 13,
):
    """Returns mel-frequency cepstral coefficients, f32[channels, windows, coefficients].

    Args:
      spectrogram: squares, as `audio_spectrogram` gives them, f32[channels, windows, frequencies].
      sample_rate: how many samples there were in a second, i32[].
      upper_frequency_limit, lower_frequency_limit: in hertz.
      filterbank_channel_count: into how many bands, of equal width in mels, frequencies are put.
      dct_coefficient_count: how many coefficients to give.
    """
    if spectrogram.ndim != 3:
        refuse(f"spectrogram must be 3-dimensional{format_sizes(spectrogram.shape)}")
    if sample_rate.ndim != 0:
        sizes = format_sizes(sample_rate.shape)
        refuse(f"Input sample_rate should be a scalar tensor, got {sizes} instead.")
    rate, length = sample_rate.item(), spectrogram.shape[2]
    limits = (lower_frequency_limit, upper_frequency_limit)
    is_sound = filterbank_channel_count >= 1 and rate > 0 and length >= 2
    is_sound = is_sound and 0 <= limits[0] < limits[1]
    if not is_sound or not 1 <= dct_coefficient_count <= filterbank_channel_count:
        refuse(f"Mfcc initialization failed for channel count {length} and sample rate {rate}")
    bands = _mel_bands(length, rate, filterbank_channel_count, *map(np.float32, limits))
    if bands is None:
        return np.zeros((*spectrogram.shape[:2], dct_coefficient_count), np.float32)
    energies = np.sqrt(spectrogram.astype(np.float64)) @ bands
    logs = np.log(np.maximum(energies, _LEAST_ENERGY))
    places = np.arange(filterbank_channel_count) + 0.5
    orders = np.arange(dct_coefficient_count)[:, None]
    cosines = np.cos(orders * (np.pi / filterbank_channel_count) * places)
    scale = math.sqrt(2.0 / filterbank_channel_count)
    return (logs @ (scale * cosines).T).astype(np.float32)


mfcc.not_differentiable()


def _mel_bands(length: int, rate: int, count: int, lower: Any, upper: Any) -> np.ndarray | None:
    """How much of each frequency goes to each band, f64[length, count]; None beyond the last one.

    A band is a triangle about its center, which ends at the centers of those beside it.
    """
    lower, upper = float(lower), float(upper)
    width = 0.5 * rate / (length - 1)
    first, last = int(1.5 + lower / width), int(upper / width)
    if last >= length:
        return None
    low, high = _mel(lower), _mel(upper)
    centers = low + (high - low) / (count + 1) * np.arange(1, count + 2)
    bands = np.zeros((length, count))
    for at in range(first, last + 1):
        mel = _mel(at * width)
        band = int(np.searchsorted(centers[:count], mel)) - 1
        start = centers[band] if band >= 0 else low
        falling = (centers[band + 1] - mel) / (centers[band + 1] - start)
        if band >= 0:
            bands[at, band] = falling
        if band + 1 < count:
            bands[at, band + 1] = 1 - falling
    return bands


def _mel(frequency: float) -> float:
    return 1127.0 * math.log1p(frequency / 700.0)
