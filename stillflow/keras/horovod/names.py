"""The names of `horovod.keras` and `horovod.tensorflow.keras`."""

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
from stillflow.distribute.horovod.reducing import Average as Average
from stillflow.distribute.horovod.reducing import Sum as Sum
from stillflow.keras.horovod import callbacks as callbacks
from stillflow.keras.horovod.loading import load_model as load_model
from stillflow.keras.horovod.optimizer import DistributedOptimizer as DistributedOptimizer
from stillflow.keras.horovod.values import allgather as allgather
from stillflow.keras.horovod.values import allreduce as allreduce
from stillflow.keras.horovod.values import broadcast as broadcast
from stillflow.keras.horovod.values import (
    broadcast_global_variables as broadcast_global_variables,
)


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(
        f"horovod.keras.{name} is not in Stillflow.\n  docs/distributed.md lists what is."
    )
