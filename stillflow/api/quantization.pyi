from stillflow.ops.quantized.faking import (
    fake_quant_with_min_max_args as fake_quant_with_min_max_args,
)
from stillflow.ops.quantized.faking import (
    fake_quant_with_min_max_args_gradient as fake_quant_with_min_max_args_gradient,
)
from stillflow.ops.quantized.faking import (
    fake_quant_with_min_max_vars as fake_quant_with_min_max_vars,
)
from stillflow.ops.quantized.faking import (
    fake_quant_with_min_max_vars_gradient as fake_quant_with_min_max_vars_gradient,
)
from stillflow.ops.quantized.faking import (
    fake_quant_with_min_max_vars_per_channel as fake_quant_with_min_max_vars_per_channel,
)
from stillflow.ops.quantized.faking import (
    fake_quant_with_min_max_vars_per_channel_gradient as _per_channel_gradient,
)
from stillflow.ops.quantized.joining import quantized_concat as quantized_concat
from stillflow.ops.quantized.quantizing import dequantize as dequantize
from stillflow.ops.quantized.quantizing import quantize as quantize
from stillflow.ops.quantized.there_and_back import (
    quantize_and_dequantize as quantize_and_dequantize,
)

fake_quant_with_min_max_vars_per_channel_gradient = _per_channel_gradient
