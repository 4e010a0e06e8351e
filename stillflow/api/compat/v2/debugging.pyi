from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.debug.asserting import check_numerics as check_numerics
from stillflow.ops.debug.checks import assert_proper_iterable as assert_proper_iterable
from stillflow.ops.debug.checks import assert_same_float_dtype as assert_same_float_dtype
from stillflow.ops.debug.checks import is_numeric_tensor as is_numeric_tensor
from stillflow.ops.debug.named_shapes import assert_shapes as assert_shapes
from stillflow.ops.version2.checks import (
    assert_all_finite_v2,
    assert_equal_v2,
    assert_greater_equal_v2,
    assert_greater_v2,
    assert_integer_v2,
    assert_less_equal_v2,
    assert_less_v2,
    assert_near_v2,
    assert_negative_v2,
    assert_non_negative_v2,
    assert_non_positive_v2,
    assert_none_equal_v2,
    assert_positive_v2,
    assert_rank_at_least_v2,
    assert_rank_in_v2,
    assert_rank_v2,
    assert_scalar_v2,
    assert_type_v2,
)

Assert = assert_that
assert_all_finite = assert_all_finite_v2
assert_equal = assert_equal_v2
assert_greater = assert_greater_v2
assert_greater_equal = assert_greater_equal_v2
assert_integer = assert_integer_v2
assert_less = assert_less_v2
assert_less_equal = assert_less_equal_v2
assert_near = assert_near_v2
assert_negative = assert_negative_v2
assert_non_negative = assert_non_negative_v2
assert_non_positive = assert_non_positive_v2
assert_none_equal = assert_none_equal_v2
assert_positive = assert_positive_v2
assert_rank = assert_rank_v2
assert_rank_at_least = assert_rank_at_least_v2
assert_rank_in = assert_rank_in_v2
assert_scalar = assert_scalar_v2
assert_type = assert_type_v2
