"""Spectra of the frames of a signal (short-time Fourier transforms), and the signal again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, padding, reshaping, shape_of, tiling
from stillflow.ops.array.joining import concat
from stillflow.ops.math import arithmetic, casts, elementwise
from stillflow.ops.reduce import reductions
from stillflow.ops.signal.framing import frame, overlap_and_add
from stillflow.ops.signal.real_fourier import irfft, rfft
from stillflow.ops.signal.windows import hann_window

#: Makes a window of a length and a type.
WindowFunction = Callable[..., Tensor]


def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: WindowFunction | None = hann_window,
    pad_end: bool = False,
    name: str | None = None,
) -> Tensor:
    """Returns the spectra of frames: f32[..., samples] -> c64[..., frames, fft_length / 2 + 1].

    Args:
      frame_length, frame_step: i[], how long a frame is, and how far the next one starts.
      fft_length: i[]; the power of two that holds a frame, if not given.
      window_fn: makes the window that frames are multiplied by; None for none.
      pad_end: whether frames that lie within the signal in part only are filled with zeros.
    """
    with name_scope(name, "stft", [signals, frame_length, frame_step]):
        signals = convert_to_tensor(signals, name="signals")
        signals.shape.with_rank_at_least(1)
        length = _scalar(frame_length, "frame_length")
        step = _scalar(frame_step, "frame_step")
        if fft_length is None:
            fft_length = _power_of_two_for(length)
        else:
            fft_length = convert_to_tensor(fft_length, name="fft_length")
        framed = frame(signals, length, step, pad_end=pad_end)
        if window_fn is not None:
            framed *= window_fn(length, dtype=framed.dtype)
        return rfft(framed, [fft_length])


def inverse_stft_window_fn(
    frame_step: Any, forward_window_fn: WindowFunction = hann_window, name: str | None = None
) -> WindowFunction:
    """Returns the `window_fn` with which inverse_stft takes back an stft by `forward_window_fn`.

    After Griffin and Lim (1984).
    """
    with name_scope(name, "inverse_stft_window_fn", [forward_window_fn]):
        step = _scalar(frame_step, "frame_step")

    def inverse_window(frame_length: Any, dtype: Any) -> Tensor:
        with name_scope(name, "inverse_stft_window_fn", [forward_window_fn]):
            length = _scalar(frame_length, "frame_length")
            window = forward_window_fn(length, dtype=dtype)
            weights = elementwise.square(window)
            overlaps = -(-length // step)
            weights = padding.pad(weights, [(0, overlaps * step - length)])
            weights = reshaping.reshape(weights, [overlaps, step])
            weights = reductions.reduce_sum(weights, 0, keepdims=True)
            weights = tiling.tile(weights, [overlaps, 1])
            weights = reshaping.reshape(weights, [overlaps * step])
            return window / weights[:length]

    return inverse_window


def inverse_stft(
    stfts: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: WindowFunction | None = hann_window,
    name: str | None = None,
) -> Tensor:
    """Returns the signal of spectra: c64[..., frames, fft_length / 2 + 1] -> f32[..., samples].

    Frames are multiplied by `window_fn`'s window and summed where they overlap. To take back an
    `stft`, that must be inverse_stft_window_fn(frame_step).
    """
    with name_scope(name, "inverse_stft", [stfts]):
        stfts = convert_to_tensor(stfts, name="stfts")
        stfts.shape.with_rank_at_least(2)
        length = _scalar(frame_length, "frame_length")
        step = _scalar(frame_step, "frame_step")
        if fft_length is None:
            fft_length = _power_of_two_for(length)
        else:
            fft_length = _scalar(fft_length, "fft_length")
        frames = _of_length(irfft(stfts, [fft_length]), length)
        if window_fn is not None:
            frames *= window_fn(length, dtype=stfts.dtype.real_dtype)
        return overlap_and_add(frames, step)


def _of_length(frames: Tensor, length: Tensor) -> Tensor:
    """frames: f32[..., n] -> f32[..., length], cut or filled with zeros."""
    known, rank = constant_value(length), frames.shape.ndims
    size = frames.shape.as_list()[-1] if rank is not None else None
    if known is None or rank is None or size is None:
        frames = frames[..., :length]
        rank_at_run, sizes = shape_of.rank(frames), shape_of.shape(frames)
        before = filling.zeros([rank_at_run - 1, 2], dtype=length.dtype)
        behind = [[0, arithmetic.maximum(0, length - sizes[-1])]]
        frames = padding.pad(frames, concat([before, behind], 0))
    elif size > known:
        frames = frames[..., : int(known)]
    elif size < known:
        frames = padding.pad(frames, [[0, 0]] * (rank - 1) + [[0, int(known) - size]])
    if known is not None and frames.shape.ndims is not None:
        frames.set_shape([None] * (frames.shape.ndims - 1) + [int(known)])
    return frames


def _scalar(value: Any, name: str) -> Tensor:
    scalar = convert_to_tensor(value, name=name)
    scalar.shape.assert_has_rank(0)
    return scalar


def _power_of_two_for(length: Tensor) -> Tensor:
    """The least power of two that is not below `length`: i[] -> i[]"""
    known = constant_value(length)
    if known is not None:
        return constant(int(2 ** np.ceil(np.log(known) / np.log(2.0))), length.dtype)
    bits = elementwise.log(casts.cast(length, dtypes.float32)) / elementwise.log(2.0)
    return casts.cast(arithmetic.pow_(2.0, elementwise.ceil(bits)), length.dtype)
