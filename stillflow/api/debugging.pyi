from stillflow.ops.debug.asserting import assert_that, verify_tensor_all_finite
from stillflow.ops.debug.asserting import check_numerics as check_numerics
from stillflow.ops.debug.checks import assert_equal as assert_equal
from stillflow.ops.debug.checks import assert_greater as assert_greater
from stillflow.ops.debug.checks import assert_greater_equal as assert_greater_equal
from stillflow.ops.debug.checks import assert_integer as assert_integer
from stillflow.ops.debug.checks import assert_less as assert_less
from stillflow.ops.debug.checks import assert_less_equal as assert_less_equal
from stillflow.ops.debug.checks import assert_near as assert_near
from stillflow.ops.debug.checks import assert_negative as assert_negative
from stillflow.ops.debug.checks import assert_non_negative as assert_non_negative
from stillflow.ops.debug.checks import assert_non_positive as assert_non_positive
from stillflow.ops.debug.checks import assert_none_equal as assert_none_equal
from stillflow.ops.debug.checks import assert_positive as assert_positive
from stillflow.ops.debug.checks import assert_proper_iterable as assert_proper_iterable
from stillflow.ops.debug.checks import assert_rank as assert_rank
from stillflow.ops.debug.checks import assert_rank_at_least as assert_rank_at_least
from stillflow.ops.debug.checks import assert_rank_in as assert_rank_in
from stillflow.ops.debug.checks import assert_same_float_dtype as assert_same_float_dtype
from stillflow.ops.debug.checks import assert_scalar as assert_scalar
from stillflow.ops.debug.checks import assert_type as assert_type
from stillflow.ops.debug.checks import is_non_decreasing as is_non_decreasing
from stillflow.ops.debug.checks import is_numeric_tensor as is_numeric_tensor
from stillflow.ops.debug.checks import is_strictly_increasing as is_strictly_increasing
from stillflow.ops.debug.named_shapes import assert_shapes as assert_shapes
from stillflow.ops.math.elementwise import is_finite as is_finite
from stillflow.ops.math.elementwise import is_inf as is_inf
from stillflow.ops.math.elementwise import is_nan as is_nan

Assert = assert_that
assert_all_finite = verify_tensor_all_finite
