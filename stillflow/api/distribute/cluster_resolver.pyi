from stillflow.train.distributing.cluster_resolvers import ClusterResolver as ClusterResolver
from stillflow.train.distributing.cluster_resolvers import (
    SimpleClusterResolver as SimpleClusterResolver,
)
from stillflow.train.distributing.cluster_resolvers import (
    TFConfigClusterResolver as TFConfigClusterResolver,
)
from stillflow.train.distributing.cluster_resolvers import TPUClusterResolver as TPUClusterResolver
from stillflow.train.distributing.cluster_resolvers import UnionClusterResolver

UnionResolver = UnionClusterResolver
