"""The mel scale, on which tones that sound equally far apart are; and cepstra of its spectra."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import padding, reshaping, shape_of
from stillflow.ops.array.joining import split
from stillflow.ops.array.ranging import lin_space
from stillflow.ops.math import arithmetic, casts, elementwise
from stillflow.ops.signal.cosine import dct
from stillflow.ops.signal.framing import frame

_BREAK_HERTZ = 700.0
_Q = 1127.0
_LOWEST_BINS = 1  # the constant part, which no band hears


def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: Any = 129,
    sample_rate: Any = 8000,
    lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Returns the weights of frequencies in mel bands, f[num_spectrogram_bins, num_mel_bins].

    A spectrogram's product with it has bands of triangles that overlap by halves, as HTK's do.

    Raises:
      ValueError: a number is out of its range, or `sample_rate` is a tensor that is not constant.
    """
    with name_scope(name, "linear_to_mel_weight_matrix") as scope:
        if isinstance(sample_rate, Tensor):
            known = constant_value(sample_rate)
            if known is None:
                raise ValueError(
                    "`sample_rate` was a non-constant Tensor. Must be a Python float or a "
                    "constant Tensor."
                )
            sample_rate = known
        _check(num_mel_bins, sample_rate, lower_edge_hertz, upper_edge_hertz, dtype)
        rate = convert_to_tensor(sample_rate, dtype, name="sample_rate")
        lower = convert_to_tensor(lower_edge_hertz, dtype, name="lower_edge_hertz")
        upper = convert_to_tensor(upper_edge_hertz, dtype, name="upper_edge_hertz")
        zero = convert_to_tensor(0.0, dtype)
        nyquist = rate / 2.0
        frequencies = lin_space(zero, nyquist, num_spectrogram_bins)[_LOWEST_BINS:]
        bins = reshaping.expand_dims(_hertz_to_mel(frequencies), 1)
        edges = lin_space(_hertz_to_mel(lower), _hertz_to_mel(upper), num_mel_bins + 2)
        bands = frame(edges, frame_length=3, frame_step=1)
        left, centre, right = (
            reshaping.reshape(part, [1, num_mel_bins]) for part in split(bands, 3, axis=1)
        )
        rising = (bins - left) / (centre - left)
        falling = (right - bins) / (right - centre)
        weights = arithmetic.maximum(zero, arithmetic.minimum(rising, falling))
        return padding.pad(weights, [[_LOWEST_BINS, 0], [0, 0]], name=scope)


def _hertz_to_mel(frequencies: Tensor) -> Tensor:
    with name_scope(None, "hertz_to_mel", [frequencies]):
        frequencies = convert_to_tensor(frequencies)
        return _Q * elementwise.log(1.0 + (frequencies / _BREAK_HERTZ))


def _check(bins: int, rate: float, lower: float, upper: float, dtype: Any) -> None:
    if bins <= 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {bins}")
    if rate <= 0.0:
        raise ValueError(f"sample_rate must be positive. Got: {rate}")
    if lower < 0.0:
        raise ValueError(f"lower_edge_hertz must be non-negative. Got: {lower}")
    if lower >= upper:
        raise ValueError(f"lower_edge_hertz {lower:.1f} >= upper_edge_hertz {upper:.1f}")
    if upper > rate / 2:
        raise ValueError(
            "upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). "
            f"Got: {upper} for sample_rate: {rate}"
        )
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Got: {dtype}")


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> Tensor:
    """Returns the mel-frequency cepstral coefficients: f32[..., bins] -> f32[..., bins].

    They are cosine transforms of type 2, scaled as HTK does.

    Raises:
      ValueError: there are no bins.
    """
    with name_scope(name, "mfccs_from_log_mel_spectrograms", [log_mel_spectrograms]):
        spectrograms = convert_to_tensor(log_mel_spectrograms, dtype=dtypes.float32)
        bins: Any = spectrograms.shape.as_list()[-1] if spectrograms.shape.ndims else None
        if bins == 0:
            raise ValueError(f"num_mel_bins must be positive. Got: {spectrograms}")
        if bins is None:
            bins = shape_of.shape(spectrograms)[-1]
        cepstra = dct(spectrograms, type=2)
        return cepstra * elementwise.rsqrt(casts.cast(bins, dtypes.float32) * 2.0)
