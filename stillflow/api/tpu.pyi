from stillflow.ops.control.replicas import cross_replica_sum as cross_replica_sum
from stillflow.train.distributing.cross_shard import CrossShardOptimizer as CrossShardOptimizer
