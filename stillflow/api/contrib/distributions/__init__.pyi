from stillflow.api.contrib.distributions import bijectors as bijectors
from stillflow.distributions.autoregressive import Autoregressive as Autoregressive
from stillflow.distributions.batch_reshape import BatchReshape as BatchReshape
from stillflow.distributions.bernoulli import Bernoulli as Bernoulli
from stillflow.distributions.beta import Beta as Beta
from stillflow.distributions.beta import (
    BetaWithSoftplusConcentration as BetaWithSoftplusConcentration,
)
from stillflow.distributions.binomial import Binomial as Binomial
from stillflow.distributions.binomial import NegativeBinomial as NegativeBinomial
from stillflow.distributions.categorical import Categorical as Categorical
from stillflow.distributions.cauchy import Cauchy as Cauchy
from stillflow.distributions.chi2 import Chi2 as Chi2
from stillflow.distributions.chi2 import Chi2WithAbsDf as Chi2WithAbsDf
from stillflow.distributions.conditional import ConditionalDistribution as ConditionalDistribution
from stillflow.distributions.conditional import (
    ConditionalTransformedDistribution as ConditionalTransformedDistribution,
)
from stillflow.distributions.deterministic import Deterministic as Deterministic
from stillflow.distributions.deterministic import VectorDeterministic as VectorDeterministic
from stillflow.distributions.dirichlet import Dirichlet as Dirichlet
from stillflow.distributions.dirichlet import DirichletMultinomial as DirichletMultinomial
from stillflow.distributions.distribution import FULLY_REPARAMETERIZED as FULLY_REPARAMETERIZED
from stillflow.distributions.distribution import NOT_REPARAMETERIZED as NOT_REPARAMETERIZED
from stillflow.distributions.distribution import Distribution as Distribution
from stillflow.distributions.distribution import ReparameterizationType as ReparameterizationType
from stillflow.distributions.divergence import RegisterKL as RegisterKL
from stillflow.distributions.divergence import kl_divergence as kl_divergence
from stillflow.distributions.gamma import Exponential as Exponential
from stillflow.distributions.gamma import ExponentialWithSoftplusRate as ExponentialWithSoftplusRate
from stillflow.distributions.gamma import Gamma as Gamma
from stillflow.distributions.gamma import (
    GammaWithSoftplusConcentrationRate as GammaWithSoftplusConcentrationRate,
)
from stillflow.distributions.geometric import Geometric as Geometric
from stillflow.distributions.half_normal import HalfNormal as HalfNormal
from stillflow.distributions.independent import Independent as Independent
from stillflow.distributions.inverse_gamma import InverseGamma as InverseGamma
from stillflow.distributions.inverse_gamma import (
    InverseGammaWithSoftplusConcentrationRate as InverseGammaWithSoftplusConcentrationRate,
)
from stillflow.distributions.kumaraswamy import Kumaraswamy as Kumaraswamy
from stillflow.distributions.laplace import Laplace as Laplace
from stillflow.distributions.laplace import LaplaceWithSoftplusScale as LaplaceWithSoftplusScale
from stillflow.distributions.logistic import Logistic as Logistic
from stillflow.distributions.low_rank_normal import (
    MultivariateNormalDiagPlusLowRank as MultivariateNormalDiagPlusLowRank,
)
from stillflow.distributions.mixture import Mixture as Mixture
from stillflow.distributions.mixture_same_family import MixtureSameFamily as MixtureSameFamily
from stillflow.distributions.moving_stats import (
    assign_log_moving_mean_exp as assign_log_moving_mean_exp,
)
from stillflow.distributions.moving_stats import (
    assign_moving_mean_variance as assign_moving_mean_variance,
)
from stillflow.distributions.moving_stats import moving_mean_variance as moving_mean_variance
from stillflow.distributions.multinomial import Multinomial as Multinomial
from stillflow.distributions.multivariate_normal import (
    MultivariateNormalDiag as MultivariateNormalDiag,
)
from stillflow.distributions.multivariate_normal import (
    MultivariateNormalDiagWithSoftplusScale as MultivariateNormalDiagWithSoftplusScale,
)
from stillflow.distributions.multivariate_normal import (
    MultivariateNormalFullCovariance as MultivariateNormalFullCovariance,
)
from stillflow.distributions.multivariate_normal import (
    MultivariateNormalTriL as MultivariateNormalTriL,
)
from stillflow.distributions.normal import Normal as Normal
from stillflow.distributions.normal import NormalWithSoftplusScale as NormalWithSoftplusScale
from stillflow.distributions.normal_posteriors import (
    normal_conjugates_known_scale_posterior as normal_conjugates_known_scale_posterior,
)
from stillflow.distributions.normal_posteriors import (
    normal_conjugates_known_scale_predictive as normal_conjugates_known_scale_predictive,
)
from stillflow.distributions.one_hot_categorical import OneHotCategorical as OneHotCategorical
from stillflow.distributions.poisson import Poisson as Poisson
from stillflow.distributions.poisson_lognormal import (
    PoissonLogNormalQuadratureCompound as PoissonLogNormalQuadratureCompound,
)
from stillflow.distributions.poisson_lognormal import (
    quadrature_scheme_lognormal_gauss_hermite as quadrature_scheme_lognormal_gauss_hermite,
)
from stillflow.distributions.poisson_lognormal import (
    quadrature_scheme_lognormal_quantiles as quadrature_scheme_lognormal_quantiles,
)
from stillflow.distributions.quantized import QuantizedDistribution as QuantizedDistribution
from stillflow.distributions.relaxed import (
    ExpRelaxedOneHotCategorical as ExpRelaxedOneHotCategorical,
)
from stillflow.distributions.relaxed import RelaxedBernoulli as RelaxedBernoulli
from stillflow.distributions.relaxed import RelaxedOneHotCategorical as RelaxedOneHotCategorical
from stillflow.distributions.sample_stats import auto_correlation as auto_correlation
from stillflow.distributions.sample_stats import percentile as percentile
from stillflow.distributions.seed_stream import SeedStream as SeedStream
from stillflow.distributions.sinh_arcsinh import SinhArcsinh as SinhArcsinh
from stillflow.distributions.student_t import StudentT as StudentT
from stillflow.distributions.student_t import (
    StudentTWithAbsDfSoftplusScale as StudentTWithAbsDfSoftplusScale,
)
from stillflow.distributions.transformed import TransformedDistribution as TransformedDistribution
from stillflow.distributions.triangular import fill_triangular as fill_triangular
from stillflow.distributions.triangular import fill_triangular_inverse as fill_triangular_inverse
from stillflow.distributions.triangular import matrix_diag_transform as matrix_diag_transform
from stillflow.distributions.triangular import tridiag as tridiag
from stillflow.distributions.uniform import Uniform as Uniform
from stillflow.distributions.vector_scaled import VectorExponentialDiag as VectorExponentialDiag
from stillflow.distributions.vector_scaled import VectorLaplaceDiag as VectorLaplaceDiag
from stillflow.distributions.vector_sinh_arcsinh import (
    VectorSinhArcsinhDiag as VectorSinhArcsinhDiag,
)
from stillflow.distributions.weighing import reduce_weighted_logsumexp as reduce_weighted_logsumexp
from stillflow.distributions.weighing import softplus_inverse as softplus_inverse
from stillflow.distributions.wishart import WishartCholesky as WishartCholesky
from stillflow.distributions.wishart import WishartFull as WishartFull
