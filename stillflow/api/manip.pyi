from typing import Any

from stillflow.ops.array import batch_to_space_nd as batch_to_space_nd
from stillflow.ops.array import reshape as reshape
from stillflow.ops.array import reverse as reverse
from stillflow.ops.array import roll as roll
from stillflow.ops.array import scatter_nd as scatter_nd
from stillflow.ops.array import space_to_batch_nd as space_to_batch_nd
from stillflow.ops.batch_gather import gather_nd as gather_nd
from stillflow.ops.tiling import tile as tile

def __getattr__(name: str) -> Any: ...
