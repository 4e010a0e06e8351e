"""What an operation means: one declaration per op type, its gradient rule beside it.

Families use each other in their rules, both ways; loading them from here on keeps one order. With
any of them come Python's operators on tensors.
"""

from stillflow.ops import array as array
from stillflow.ops import operators as operators
