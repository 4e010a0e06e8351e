"""float32 log, sine and cosine to the last bit as glibc gives them, on every array namespace.

TensorFlow's normal numbers on a CPU carry the rounding of glibc's `logf` and `sincosf`, which
NumPy's and XLA's own do not share. Those two are polynomials evaluated in float64 (ARM optimized
routines, MIT licence), so the same polynomials give the same bits here. The ranges are only
those that the Box-Muller transform needs.
"""

import numpy as np

# log x = log c + k log 2 + log(1 + r), with x = 2**k z, c near z, r = z / c - 1. A step is 1/16
# of a binade; its 1/c comes from the table, which starts at z = _FIRST.
_INVERSES = np.array(
    [
        float.fromhex(digits)
        for digits in [
            "0x1.661ec79f8f3bep+0",
            "0x1.571ed4aaf883dp+0",
            "0x1.49539f0f010bp+0",
            "0x1.3c995b0b80385p+0",
            "0x1.30d190c8864a5p+0",
            "0x1.25e227b0b8eap+0",
            "0x1.1bb4a4a1a343fp+0",
            "0x1.12358f08ae5bap+0",
            "0x1.0953f419900a7p+0",
            "0x1p+0",
            "0x1.e608cfd9a47acp-1",
            "0x1.ca4b31f026aap-1",
            "0x1.b2036576afce6p-1",
            "0x1.9c2d163a1aa2dp-1",
            "0x1.886e6037841edp-1",
            "0x1.767dcf5534862p-1",
        ]
    ]
)
_FIRST = 0x3F330000  # the bits of the smallest z, about 0.7
_MIN_EXPONENT = -24
_EXPONENTS = np.arange(_MIN_EXPONENT, 1)[:, None]
_SCALED_INVERSES = (_INVERSES * 2.0**-_EXPONENTS).ravel()
_LOGS = (_EXPONENTS * np.log(2.0) - np.log(_INVERSES)).ravel()
_LOG_TERMS = [
    float.fromhex(digits)
    for digits in ("-0x1.00ea348b88334p-2", "0x1.5575b0be00b6ap-2", "-0x1.ffffef20a4123p-2")
]
_COS_TERMS = [
    float.fromhex(digits)
    for digits in (
        "-0x1.ffffffd0c621cp-2",
        "0x1.55553e1068f19p-5",
        "-0x1.6c087e89a359dp-10",
        "0x1.99343027bf8c3p-16",
    )
]
_SIN_TERMS = [
    float.fromhex(digits)
    for digits in ("-0x1.555545995a603p-3", "0x1.1107605230bc4p-7", "-0x1.994eb3774cf24p-13")
]


def log(xp, x):
    """x: f32[...] in [2**-24, 1) -> f32[...]"""
    step = (x.view(xp.int32) - (_FIRST + _MIN_EXPONENT * 2**23)) >> 19
    r = x.astype(xp.float64) * xp.asarray(_SCALED_INVERSES)[step] - 1
    a, b, c = _LOG_TERMS
    tail = ((a * r + b) * r + c) * (r * r)
    return (tail + (r + xp.asarray(_LOGS)[step])).astype(xp.float32)


def sin_cos(xp, x):
    """x: f32[...] in [0, 2 pi] -> f32[...], f32[...]"""
    x = x.astype(xp.float64)
    quadrant = xp.rint(x * (2 / np.pi))
    x = x - quadrant * (np.pi / 2)
    square = x * x
    a, b, c = _SIN_TERMS
    sine = x + x * square * (a + square * (b + square * c))
    a, b, c, d = _COS_TERMS
    cosine = 1 + square * (a + square * (b + square * (c + square * d)))
    # A rotation by `quadrant` right angles, 0 to 4, free of branches: the pattern is random.
    offset = quadrant - 2
    turn_cos, turn_sin = abs(offset) - 1, offset * (abs(offset) - 2)
    return (
        (sine * turn_cos + cosine * turn_sin).astype(xp.float32),
        (cosine * turn_cos - sine * turn_sin).astype(xp.float32),
    )
