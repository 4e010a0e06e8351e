from stillflow.ops.array.gathering import unsorted_segment_sum as unsorted_segment_sum
from stillflow.ops.array.transposing import invert_permutation as invert_permutation
from stillflow.ops.debug.checks import is_non_decreasing as is_non_decreasing
from stillflow.ops.debug.checks import is_strictly_increasing as is_strictly_increasing
from stillflow.ops.math.arithmetic import accumulate_n as accumulate_n
from stillflow.ops.math.arithmetic import add as add
from stillflow.ops.math.arithmetic import add_n as add_n
from stillflow.ops.math.arithmetic import atan2 as atan2
from stillflow.ops.math.arithmetic import maximum as maximum
from stillflow.ops.math.arithmetic import minimum as minimum
from stillflow.ops.math.arithmetic import multiply as multiply
from stillflow.ops.math.arithmetic import multiply_no_nan as multiply_no_nan
from stillflow.ops.math.arithmetic import nextafter as nextafter
from stillflow.ops.math.arithmetic import polyval as polyval
from stillflow.ops.math.arithmetic import pow_
from stillflow.ops.math.arithmetic import squared_difference as squared_difference
from stillflow.ops.math.arithmetic import subtract as subtract
from stillflow.ops.math.arithmetic import xdivy as xdivy
from stillflow.ops.math.arithmetic import xlogy as xlogy
from stillflow.ops.math.comparison import equal as equal
from stillflow.ops.math.comparison import greater as greater
from stillflow.ops.math.comparison import greater_equal as greater_equal
from stillflow.ops.math.comparison import less as less
from stillflow.ops.math.comparison import less_equal as less_equal
from stillflow.ops.math.comparison import logical_and as logical_and
from stillflow.ops.math.comparison import logical_not as logical_not
from stillflow.ops.math.comparison import logical_or as logical_or
from stillflow.ops.math.comparison import logical_xor as logical_xor
from stillflow.ops.math.comparison import not_equal as not_equal
from stillflow.ops.math.complex_numbers import angle as angle
from stillflow.ops.math.complex_numbers import imag as imag
from stillflow.ops.math.complex_numbers import real as real
from stillflow.ops.math.conjugate import conj as conj
from stillflow.ops.math.counting import bincount_v2
from stillflow.ops.math.division import div_no_nan
from stillflow.ops.math.division import divide as divide
from stillflow.ops.math.division import floordiv as floordiv
from stillflow.ops.math.division import floormod as _floormod
from stillflow.ops.math.division import floormod as floormod
from stillflow.ops.math.division import reciprocal_no_nan as reciprocal_no_nan
from stillflow.ops.math.division import truediv as truediv
from stillflow.ops.math.elementwise import abs_, round_
from stillflow.ops.math.elementwise import ceil as ceil
from stillflow.ops.math.elementwise import exp as exp
from stillflow.ops.math.elementwise import expm1 as expm1
from stillflow.ops.math.elementwise import floor as floor
from stillflow.ops.math.elementwise import is_finite as is_finite
from stillflow.ops.math.elementwise import is_inf as is_inf
from stillflow.ops.math.elementwise import is_nan as is_nan
from stillflow.ops.math.elementwise import log as log
from stillflow.ops.math.elementwise import log1p as log1p
from stillflow.ops.math.elementwise import log_sigmoid as log_sigmoid
from stillflow.ops.math.elementwise import negative as negative
from stillflow.ops.math.elementwise import reciprocal as reciprocal
from stillflow.ops.math.elementwise import rint as rint
from stillflow.ops.math.elementwise import rsqrt as rsqrt
from stillflow.ops.math.elementwise import sigmoid as sigmoid
from stillflow.ops.math.elementwise import sign as sign
from stillflow.ops.math.elementwise import sqrt as sqrt
from stillflow.ops.math.elementwise import square as square
from stillflow.ops.math.scan import cumprod as cumprod
from stillflow.ops.math.scan import cumsum as cumsum
from stillflow.ops.math.scan import cumulative_logsumexp as cumulative_logsumexp
from stillflow.ops.math.special import bessel_i0 as bessel_i0
from stillflow.ops.math.special import bessel_i0e as bessel_i0e
from stillflow.ops.math.special import bessel_i1 as bessel_i1
from stillflow.ops.math.special import bessel_i1e as bessel_i1e
from stillflow.ops.math.special import betainc as betainc
from stillflow.ops.math.special import digamma as digamma
from stillflow.ops.math.special import erf as erf
from stillflow.ops.math.special import erfc as erfc
from stillflow.ops.math.special import igamma as igamma
from stillflow.ops.math.special import igammac as igammac
from stillflow.ops.math.special import lbeta as lbeta
from stillflow.ops.math.special import lgamma as lgamma
from stillflow.ops.math.special import polygamma as polygamma
from stillflow.ops.math.special import zeta as zeta
from stillflow.ops.math.trigonometric import acos as acos
from stillflow.ops.math.trigonometric import acosh as acosh
from stillflow.ops.math.trigonometric import asin as asin
from stillflow.ops.math.trigonometric import asinh as asinh
from stillflow.ops.math.trigonometric import atan as atan
from stillflow.ops.math.trigonometric import atanh as atanh
from stillflow.ops.math.trigonometric import cos as cos
from stillflow.ops.math.trigonometric import cosh as cosh
from stillflow.ops.math.trigonometric import sin as sin
from stillflow.ops.math.trigonometric import sinh as sinh
from stillflow.ops.math.trigonometric import tan as tan
from stillflow.ops.math.trigonometric import tanh as tanh
from stillflow.ops.nn.activations import softplus as softplus
from stillflow.ops.nn.activations import softsign as softsign
from stillflow.ops.nn.moments import zero_fraction as zero_fraction
from stillflow.ops.nn.top_k import top_k as top_k
from stillflow.ops.reduce.composed import reduce_std as reduce_std
from stillflow.ops.reduce.composed import reduce_variance as reduce_variance
from stillflow.ops.reduce.reductions import reduce_euclidean_norm as reduce_euclidean_norm
from stillflow.ops.reduce.segments import segment_max as segment_max
from stillflow.ops.reduce.segments import segment_mean as segment_mean
from stillflow.ops.reduce.segments import segment_min as segment_min
from stillflow.ops.reduce.segments import segment_prod as segment_prod
from stillflow.ops.reduce.segments import segment_sum as segment_sum
from stillflow.ops.reduce.segments import unsorted_segment_max as unsorted_segment_max
from stillflow.ops.reduce.segments import unsorted_segment_mean as unsorted_segment_mean
from stillflow.ops.reduce.segments import unsorted_segment_min as unsorted_segment_min
from stillflow.ops.reduce.segments import unsorted_segment_prod as unsorted_segment_prod
from stillflow.ops.reduce.segments import unsorted_segment_sqrt_n as unsorted_segment_sqrt_n
from stillflow.ops.version2.mathematics import (
    argmax_v2,
    argmin_v2,
    confusion_matrix_v2,
    count_nonzero_v2,
    in_top_k_v2,
    l2_normalize_v2,
    reduce_all_v2,
    reduce_any_v2,
    reduce_logsumexp_v2,
    reduce_max_v2,
    reduce_mean_v2,
    reduce_min_v2,
    reduce_prod_v2,
    reduce_sum_v2,
    scalar_mul_v2,
)
from stillflow.ops.version2.networks import log_softmax_v2, softmax_v2

abs = abs_
argmax = argmax_v2
argmin = argmin_v2
bincount = bincount_v2
confusion_matrix = confusion_matrix_v2
count_nonzero = count_nonzero_v2
divide_no_nan = div_no_nan
in_top_k = in_top_k_v2
l2_normalize = l2_normalize_v2
log_softmax = log_softmax_v2
mod = _floormod
pow = pow_
reduce_all = reduce_all_v2
reduce_any = reduce_any_v2
reduce_logsumexp = reduce_logsumexp_v2
reduce_max = reduce_max_v2
reduce_mean = reduce_mean_v2
reduce_min = reduce_min_v2
reduce_prod = reduce_prod_v2
reduce_sum = reduce_sum_v2
round = round_
scalar_mul = scalar_mul_v2
softmax = softmax_v2
