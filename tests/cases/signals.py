"""Signals: Fourier and cosine transforms, frames, windows, spectrograms, mel scales."""

import numpy as np

from .arrays import empty, f32, f64, unit
from .suite import Suite, lookup

suite = Suite("signals")
case = suite.case

SUMS = {"rtol": 1e-4, "atol": 1e-5, "why": "sums are taken in another order"}


def c64(*shape):
    """c64[shape]"""
    return (f32(*shape) + 1j * f32(*shape, at=1)).astype(np.complex64)


def parts(tf, z):
    """The real and the imaginary part."""
    return [tf.math.real(z), tf.math.imag(z)]


for rank, name, shape in ((1, "", (2, 6)), (2, "2d", (2, 3, 4)), (3, "3d", (2, 3, 2))):
    for inverse in ("", "i"):
        case(
            f"{inverse}fft{name}",
            lambda tf, re, im, n=f"{inverse}fft{name}": parts(
                tf, lookup(tf.signal, n)(tf.complex(re, im))
            ),
            f32(*shape),
            f32(*shape, at=1),
            **SUMS,
        )
    case(
        f"rfft{name}",
        lambda tf, x, n=f"rfft{name}": parts(tf, lookup(tf.signal, n)(x)),
        f32(*shape),
        grad=False,
        **SUMS,
    )
    case(
        f"irfft{name}",
        lambda tf, x, n=f"irfft{name}": lookup(tf.spectral, n)(x),
        c64(*shape),
        grad=False,
        **SUMS,
    )
    if rank < 3:
        for even in (0, 1):
            lengths = [*shape[len(shape) - rank : -1], shape[-1] - even]
            case(
                f"rfft{name}_gradient_{even}",
                lambda tf, x, n=f"rfft{name}", s=lengths: tf.abs(lookup(tf.signal, n)(x, s)),
                f32(*shape),
                **SUMS,
            )
            case(
                f"irfft{name}_gradient_{even}",
                lambda tf, re, im, n=f"irfft{name}", s=lengths: lookup(tf.signal, n)(
                    tf.complex(re, im), s
                ),
                f32(*shape),
                f32(*shape, at=1),
                **SUMS,
            )
case(
    "fft_of_doubles",
    lambda tf, x: parts(tf, tf.signal.fft(x)),
    c64(3, 5).astype("complex128"),
    grad=False,
)
case(
    "rfft_padded",
    lambda tf, x: parts(tf, tf.signal.rfft(x, [8], name="r")),
    f32(2, 5),
    grad=False,
    **SUMS,
)
case(
    "rfft_length_known_at_run",
    lambda tf, x: parts(tf, tf.signal.rfft(x, tf.placeholder_with_default([8], [1]))),
    f32(5),
    grad=False,
    **SUMS,
)
case("rfft_empty", lambda tf, x: tf.signal.rfft(x), empty(0, 4), grad=False)
case("irfft_padded", lambda tf, x: tf.signal.irfft(x, [9]), c64(2, 3), grad=False, **SUMS)
for name in ("fftshift", "ifftshift"):
    case(
        name,
        lambda tf, x, n=name: [
            lookup(tf.signal, n)(x),
            lookup(tf.signal, n)(x, 1, name="s"),
            lookup(tf.signal, n)(x, (0, 1)),
        ],
        np.arange(15, dtype=np.float32).reshape(3, 5),
        grad=False,
    )

for name in ("hann_window", "hamming_window"):
    for length in (1, 4, 5):
        case(
            f"{name}_{length}",
            lambda tf, n=name, size=length: [
                lookup(tf.signal, n)(size),
                lookup(tf.contrib.signal, n)(size, periodic=False, dtype=tf.float64, name="w"),
            ],
            **SUMS,
        )
case(
    "hann_window_of_length_known_at_run",
    lambda tf: tf.signal.hann_window(tf.placeholder_with_default(6, [])),
    **SUMS,
)
for length, step in ((4, 2), (3, 3), (4, 3), (2, 5)):
    for pad_end in (False, True):
        case(
            f"frame_{length}_{step}{'_padded' * pad_end}",
            lambda tf, x, n=length, k=step, p=pad_end: tf.signal.frame(x, n, k, p, -1.0),
            f32(2, 10),
        )
case("frame_axis", lambda tf, x: tf.signal.frame(x, 3, 1, axis=0, name="f"), f32(5, 2))
case(
    "frame_known_at_run",
    lambda tf, x: tf.signal.frame(
        x, tf.placeholder_with_default(4, []), tf.placeholder_with_default(2, [])
    ),
    f32(2, 9),
    grad=False,
)
for step in (1, 2, 3, 4, 5):
    case(
        f"overlap_and_add_{step}",
        lambda tf, x, k=step: tf.reshape(tf.signal.overlap_and_add(x, k), [-1]),
        f32(2, 3, 4),
    )
case("stft", lambda tf, x: tf.abs(tf.signal.stft(x, 4, 2)), f32(2, 11), **SUMS)
case(
    "stft_without_window",
    lambda tf, x: parts(tf, tf.contrib.signal.stft(x, 5, 3, 6, None, True, name="s")),
    f32(12),
    grad=False,
    **SUMS,
)
for length, step, size in ((4, 2, None), (4, 3, 6), (6, 2, 4)):
    case(
        f"inverse_stft_{length}_{step}_{size}",
        lambda tf, re, im, n=length, k=step, s=size: tf.signal.inverse_stft(
            tf.complex(re, im), n, k, s, tf.signal.inverse_stft_window_fn(k)
        ),
        f32(2, 3, 5),
        f32(2, 3, 5, at=1),
        **SUMS,
    )
case(
    "stft_there_and_back",
    lambda tf, x: tf.contrib.signal.inverse_stft(
        tf.contrib.signal.stft(x, 8, 4),
        8,
        4,
        window_fn=tf.contrib.signal.inverse_stft_window_fn(4),
    ),
    f32(24),
    **SUMS,
)
for kind in (1, 2, 3):
    for norm in (None, "ortho") if kind > 1 else (None,):
        for transform in ("dct", "idct"):
            case(
                f"{transform}_{kind}_{norm}",
                lambda tf, x, t=transform, k=kind, n=norm: lookup(tf.signal, t)(x, k, norm=n),
                f32(2, 5),
                **SUMS,
            )
for n in (3, 7):
    case(f"dct_of_length_{n}", lambda tf, x, n=n: tf.spectral.dct(x, n=n), f32(2, 5), **SUMS)
case(
    "linear_to_mel_weight_matrix",
    lambda tf: tf.signal.linear_to_mel_weight_matrix(
        5, 9, tf.constant(8000.0), 200.0, 3000.0, name="mel"
    ),
    **SUMS,
)
case(
    "linear_to_mel_weight_matrix_of_doubles",
    lambda tf: tf.contrib.signal.linear_to_mel_weight_matrix(4, 8, dtype=tf.float64),
    **SUMS,
)
case(
    "mfccs",
    lambda tf, x: tf.signal.mfccs_from_log_mel_spectrograms(x)[..., :3],
    unit(2, 6),
    **SUMS,
)
case("frame_of_doubles", lambda tf, x: tf.signal.frame(x, 2, 1), f64(4))
