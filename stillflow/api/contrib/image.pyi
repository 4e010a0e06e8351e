from stillflow.ops.image.components import bipartite_match as bipartite_match
from stillflow.ops.image.components import connected_components as connected_components
from stillflow.ops.image.projecting import (
    angles_to_projective_transforms as angles_to_projective_transforms,
)
from stillflow.ops.image.projecting import compose_transforms as compose_transforms
from stillflow.ops.image.projecting import (
    flat_transforms_to_matrices as flat_transforms_to_matrices,
)
from stillflow.ops.image.projecting import (
    matrices_to_flat_transforms as matrices_to_flat_transforms,
)
from stillflow.ops.image.projecting import rotate as rotate
from stillflow.ops.image.projecting import transform as transform
from stillflow.ops.image.projecting import translate as translate
from stillflow.ops.image.projecting import (
    translations_to_projective_transforms as translations_to_projective_transforms,
)
from stillflow.ops.image.splines import interpolate_spline as interpolate_spline
from stillflow.ops.image.warping import dense_image_warp as dense_image_warp
from stillflow.ops.image.warping import sparse_image_warp as sparse_image_warp
