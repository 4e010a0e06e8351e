from stillflow.ops.math.bitwise import bitwise_and as bitwise_and
from stillflow.ops.math.bitwise import bitwise_or as bitwise_or
from stillflow.ops.math.bitwise import bitwise_xor as bitwise_xor
from stillflow.ops.math.bitwise import invert as invert
from stillflow.ops.math.bitwise import left_shift as left_shift
from stillflow.ops.math.bitwise import right_shift as right_shift
