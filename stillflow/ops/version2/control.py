"""Choices and loops, with version 2's parameters."""

from __future__ import annotations

from stillflow.declare.respelling import respelled
from stillflow.ops.control.case import case
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import tuple_
from stillflow.ops.control.while_loop import while_loop

case_v2 = respelled(case, "pred_fn_pairs default exclusive strict name")
cond_v2 = respelled(cond, "pred true_fn false_fn name", fixed={"strict": True})
tuple_v2 = respelled(tuple_, "tensors control_inputs name")
while_loop_v2 = respelled(
    while_loop,
    "cond body loop_vars shape_invariants parallel_iterations back_prop swap_memory "
    "maximum_iterations name",
    fixed={"return_same_structure": True},
)
# As TensorFlow's module while_v2 has it.
while_loop_of_module = respelled(
    while_loop,
    "cond body loop_vars shape_invariants parallel_iterations maximum_iterations name "
    "return_same_structure",
    return_same_structure=True,
)
