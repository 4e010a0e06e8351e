from stillflow.distributions.bijectors.affine import Affine as Affine
from stillflow.distributions.bijectors.affine import AffineLinearOperator as AffineLinearOperator
from stillflow.distributions.bijectors.arranging import Permute as Permute
from stillflow.distributions.bijectors.arranging import Reshape as Reshape
from stillflow.distributions.bijectors.bijector import Bijector as Bijector
from stillflow.distributions.bijectors.composed import Chain as Chain
from stillflow.distributions.bijectors.composed import Inline as Inline
from stillflow.distributions.bijectors.composed import Invert as Invert
from stillflow.distributions.bijectors.conditional import ConditionalBijector as ConditionalBijector
from stillflow.distributions.bijectors.coupled import RealNVP as RealNVP
from stillflow.distributions.bijectors.coupled import (
    real_nvp_default_template as real_nvp_default_template,
)
from stillflow.distributions.bijectors.curves import Kumaraswamy as Kumaraswamy
from stillflow.distributions.bijectors.curves import SinhArcsinh as SinhArcsinh
from stillflow.distributions.bijectors.curves import Softsign as Softsign
from stillflow.distributions.bijectors.curves import Square as Square
from stillflow.distributions.bijectors.gumbel import Gumbel as Gumbel
from stillflow.distributions.bijectors.masked import (
    MaskedAutoregressiveFlow as MaskedAutoregressiveFlow,
)
from stillflow.distributions.bijectors.masked import (
    masked_autoregressive_default_template as masked_autoregressive_default_template,
)
from stillflow.distributions.bijectors.masked import masked_dense as masked_dense
from stillflow.distributions.bijectors.matrices import CholeskyOuterProduct as CholeskyOuterProduct
from stillflow.distributions.bijectors.matrices import FillTriangular as FillTriangular
from stillflow.distributions.bijectors.matrices import MatrixInverseTriL as MatrixInverseTriL
from stillflow.distributions.bijectors.matrices import ScaleTriL as ScaleTriL
from stillflow.distributions.bijectors.matrices import TransformDiagonal as TransformDiagonal
from stillflow.distributions.bijectors.normalizing import BatchNormalization as BatchNormalization
from stillflow.distributions.bijectors.scalar import AbsoluteValue as AbsoluteValue
from stillflow.distributions.bijectors.scalar import AffineScalar as AffineScalar
from stillflow.distributions.bijectors.scalar import Exp as Exp
from stillflow.distributions.bijectors.scalar import Identity as Identity
from stillflow.distributions.bijectors.scalar import PowerTransform as PowerTransform
from stillflow.distributions.bijectors.scalar import Sigmoid as Sigmoid
from stillflow.distributions.bijectors.scalar import Softplus as Softplus
from stillflow.distributions.bijectors.vectors import Ordered as Ordered
from stillflow.distributions.bijectors.vectors import SoftmaxCentered as SoftmaxCentered
