"""`tf.manip`: array ops under a second name. Re-exports only."""

from stillflow.api import _missing
from stillflow.ops.array import batch_to_space_nd as batch_to_space_nd
from stillflow.ops.array import reshape as reshape
from stillflow.ops.array import reverse as reverse
from stillflow.ops.array import roll as roll
from stillflow.ops.array import scatter_nd as scatter_nd
from stillflow.ops.array import space_to_batch_nd as space_to_batch_nd
from stillflow.ops.batch_gather import gather_nd as gather_nd
from stillflow.ops.tiling import tile as tile

__getattr__, __dir__ = _missing.fallback(__name__)
