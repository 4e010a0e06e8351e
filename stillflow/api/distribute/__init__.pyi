from stillflow.api.distribute import cluster_resolver as cluster_resolver
from stillflow.train.distributing.strategy import ReduceOp as ReduceOp
from stillflow.train.distributing.strategy import ReplicaContext as ReplicaContext
from stillflow.train.distributing.strategy import get_replica_context as get_replica_context
from stillflow.train.distributing.strategy import get_strategy as get_strategy
from stillflow.train.distributing.strategy import has_strategy as has_strategy
from stillflow.train.distributing.strategy import (
    in_cross_replica_context as in_cross_replica_context,
)
