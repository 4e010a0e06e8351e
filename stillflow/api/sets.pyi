from stillflow.ops.sparse.sets import set_difference as set_difference
from stillflow.ops.sparse.sets import set_intersection as set_intersection
from stillflow.ops.sparse.sets import set_size as set_size
from stillflow.ops.sparse.sets import set_union as set_union

difference = set_difference
intersection = set_intersection
size = set_size
union = set_union
