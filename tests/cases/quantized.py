"""Numbers in a few bits."""

from .arrays import f32, f64, num
from .suite import Suite, lookup

suite = Suite("quantized")
case = suite.case

X = 4 * f32(3, 4)
for bits, narrow in ((8, False), (4, False), (4, True), (16, False)):
    tag = f"{bits}{'_narrow' * narrow}"
    case(
        "fake_quant_with_min_max_args_" + tag,
        lambda tf, x, b=bits, n=narrow: tf.quantization.fake_quant_with_min_max_args(
            x, min=-2.5, max=4.0, num_bits=b, narrow_range=n
        ),
        X,
    )
    case(
        "fake_quant_with_min_max_vars_" + tag,
        lambda tf, x, low, high, b=bits, n=narrow: tf.fake_quant_with_min_max_vars(
            x, low, high, num_bits=b, narrow_range=n
        ),
        X,
        num(-3.0),
        num(5.0),
    )
    case(
        "fake_quant_with_min_max_vars_per_channel_" + tag,
        lambda tf, x, low, high, b=bits, n=narrow: lookup(
            tf.quantization, "fake_quant_with_min_max_vars_per_channel"
        )(x, low, high, b, n, name="q"),
        X,
        num([-3, -1, 0, 0]),
        num([5, 2, 6, 0]),
    )
case("fake_quant_with_min_max_args_default", lambda tf, x: tf.fake_quant_with_min_max_args(x), X)
for low, high in ((0.5, 3.0), (-3.0, -0.25), (0.0, 0.0)):
    case(
        f"fake_quant_with_min_max_vars_{low}_{high}",
        lambda tf, x, low, high: tf.fake_quant_with_min_max_vars(x, low, high),
        X,
        num(low),
        num(high),
    )
for signed in (True, False):
    for given in (True, False):
        for narrow in (True, False):
            case(
                f"quantize_and_dequantize_{signed}_{given}_{narrow}".lower(),
                lambda tf, x, s=signed, g=given, n=narrow: lookup(
                    tf.quantization, "quantize_and_dequantize"
                )(x, -2.0, 3.0, signed_input=s, num_bits=4, range_given=g, narrow_range=n),
                X,
            )
case(
    "quantize_and_dequantize_half_up",
    lambda tf, x: tf.quantization.quantize_and_dequantize(
        x, 0.0, 0.0, num_bits=3, round_mode="HALF_UP", name="q"
    ),
    f64(2, 3),
)
case(
    "quantize_and_dequantize_v3",
    lambda tf, x: tf.raw_ops.QuantizeAndDequantizeV3(
        input=x, input_min=-4.0, input_max=4.0, num_bits=5
    ),
    X,
)
