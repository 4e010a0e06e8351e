"""The names of `horovod.tensorflow`."""

from __future__ import annotations

from typing import NoReturn

from stillflow.distribute.horovod.basics import cross_rank as cross_rank
from stillflow.distribute.horovod.basics import cross_size as cross_size
from stillflow.distribute.horovod.basics import gloo_built as gloo_built
from stillflow.distribute.horovod.basics import gloo_enabled as gloo_enabled
from stillflow.distribute.horovod.basics import init as init
from stillflow.distribute.horovod.basics import is_homogeneous as is_homogeneous
from stillflow.distribute.horovod.basics import is_initialized as is_initialized
from stillflow.distribute.horovod.basics import local_rank as local_rank
from stillflow.distribute.horovod.basics import local_size as local_size
from stillflow.distribute.horovod.basics import mpi_built as mpi_built
from stillflow.distribute.horovod.basics import mpi_enabled as mpi_enabled
from stillflow.distribute.horovod.basics import mpi_threads_supported as mpi_threads_supported
from stillflow.distribute.horovod.basics import nccl_built as nccl_built
from stillflow.distribute.horovod.basics import rank as rank
from stillflow.distribute.horovod.basics import shutdown as shutdown
from stillflow.distribute.horovod.basics import size as size
from stillflow.distribute.horovod.compression import Compression as Compression
from stillflow.distribute.horovod.hook import (
    BroadcastGlobalVariablesHook as BroadcastGlobalVariablesHook,
)
from stillflow.distribute.horovod.optimizer import DistributedOptimizer as DistributedOptimizer
from stillflow.distribute.horovod.reducing import Adasum as Adasum
from stillflow.distribute.horovod.reducing import Average as Average
from stillflow.distribute.horovod.reducing import Max as Max
from stillflow.distribute.horovod.reducing import Min as Min
from stillflow.distribute.horovod.reducing import Product as Product
from stillflow.distribute.horovod.reducing import Sum as Sum
from stillflow.distribute.horovod.reducing import allgather as allgather
from stillflow.distribute.horovod.reducing import allreduce as allreduce
from stillflow.distribute.horovod.reducing import broadcast as broadcast
from stillflow.distribute.horovod.reducing import (
    broadcast_global_variables as broadcast_global_variables,
)
from stillflow.distribute.horovod.reducing import broadcast_variables as broadcast_variables


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(
        f"horovod.tensorflow.{name} is not in Stillflow.\n  docs/distributed.md lists what is."
    )
