"""What an operation means: a folder for each family, one declaration for each op type, its gradient
rule beside it.

A module imports the modules that define what it needs, so that a program loads only what it names.
With any of them come Python's operators on tensors, the conversion of lists of tensors and of
sparse gradients, and what runs make of arithmetic with constants.
"""

from stillflow.ops import operators as operators
from stillflow.ops.array import indexed_slices as indexed_slices
from stillflow.ops.array import slicing as slicing
from stillflow.ops.array import stacking as stacking
from stillflow.ops.math import regrouping as regrouping
