"""Assertions, with version 2's parameters: no `data` to print, and the message comes first."""

from __future__ import annotations

from stillflow.declare.respelling import respelled
from stillflow.ops.debug import checks
from stillflow.ops.debug.asserting import verify_tensor_all_finite

_ONE = "x message summarize name"
_TWO = "x y message summarize name"

assert_all_finite_v2 = respelled(verify_tensor_all_finite, "x! message! name")
assert_equal_v2 = respelled(checks.assert_equal, _TWO)
assert_greater_v2 = respelled(checks.assert_greater, _TWO)
assert_greater_equal_v2 = respelled(checks.assert_greater_equal, _TWO)
assert_integer_v2 = respelled(checks.assert_integer, "x message name")
assert_less_v2 = respelled(checks.assert_less, _TWO)
assert_less_equal_v2 = respelled(checks.assert_less_equal, _TWO)
assert_near_v2 = respelled(checks.assert_near, "x y rtol atol message summarize name")
assert_negative_v2 = respelled(checks.assert_negative, _ONE)
assert_non_negative_v2 = respelled(checks.assert_non_negative, _ONE)
assert_non_positive_v2 = respelled(checks.assert_non_positive, _ONE)
assert_none_equal_v2 = respelled(checks.assert_none_equal, "x y summarize message name")
assert_positive_v2 = respelled(checks.assert_positive, _ONE)
assert_rank_v2 = respelled(checks.assert_rank, "x rank message name")
assert_rank_at_least_v2 = respelled(checks.assert_rank_at_least, "x rank message name")
assert_rank_in_v2 = respelled(checks.assert_rank_in, "x ranks message name")
assert_scalar_v2 = respelled(checks.assert_scalar, "tensor message name")
assert_type_v2 = respelled(checks.assert_type, "tensor tf_type message name")
