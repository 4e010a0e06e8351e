"""What an operation means: one declaration per op type, its gradient rule beside it.

Families use each other in their rules, both ways; loading them from here on keeps one order.
"""

from stillflow.ops import array as array
