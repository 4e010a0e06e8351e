from stillflow.distribute.configuring import DistributeConfig as DistributeConfig
from stillflow.distribute.context import get_cross_replica_context as get_cross_replica_context
from stillflow.distribute.context import get_replica_context as get_replica_context
from stillflow.distribute.context import get_strategy as get_strategy
from stillflow.distribute.context import has_strategy as has_strategy
from stillflow.distribute.context import in_cross_replica_context as in_cross_replica_context
from stillflow.distribute.context import require_replica_context as require_replica_context
from stillflow.distribute.contrib_strategies import (
    CollectiveAllReduceStrategy as CollectiveAllReduceStrategy,
)
from stillflow.distribute.contrib_strategies import MirroredStrategy as MirroredStrategy
from stillflow.distribute.contrib_strategies import (
    ParameterServerStrategy as ParameterServerStrategy,
)
from stillflow.distribute.cross_device import AllReduceCrossDeviceOps as AllReduceCrossDeviceOps
from stillflow.distribute.cross_device import CrossDeviceOps as CrossDeviceOps
from stillflow.distribute.cross_device import MultiWorkerAllReduce as MultiWorkerAllReduce
from stillflow.distribute.loss_reduction import get_loss_reduction as get_loss_reduction
from stillflow.distribute.monitor import Monitor as Monitor
from stillflow.distribute.one_device import OneDeviceStrategy as OneDeviceStrategy
from stillflow.distribute.replica_context import ReplicaContext as ReplicaContext
from stillflow.distribute.strategy import Strategy
from stillflow.distribute.update_device import UpdateContext as UpdateContext

DistributionStrategy = Strategy
get_distribution_strategy = get_strategy
has_distribution_strategy = has_strategy
