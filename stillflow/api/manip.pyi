from stillflow.ops.array.batch_gather import gather_nd as gather_nd
from stillflow.ops.array.blocks import batch_to_space_nd as batch_to_space_nd
from stillflow.ops.array.blocks import space_to_batch_nd as space_to_batch_nd
from stillflow.ops.array.reshaping import reshape as reshape
from stillflow.ops.array.reversing import reverse as reverse
from stillflow.ops.array.reversing import roll as roll
from stillflow.ops.array.scattering import scatter_nd as scatter_nd
from stillflow.ops.array.tiling import tile as tile
