"""What TensorFlow's internal modules hold of distribution strategies."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

_CONTEXT = "stillflow.distribute.context"
_OF_CONTEXT = (
    "get_strategy has_strategy get_replica_context get_cross_replica_context "
    "in_cross_replica_context experimental_set_strategy get_distribution_strategy=get_strategy "
    "has_distribution_strategy=has_strategy _get_default_strategy=default_strategy "
    "_get_default_replica_context=default_replica_context"
)
_INPUT_CONTEXT = "stillflow.distribute.input_context"
_MIRRORED = "MirroredStrategy MirroredStrategyV1=MirroredStrategy MirroredExtended"
_SERVER = "stillflow.distribute.parameter_server"
_LIBRARY: Members = {
    _CONTEXT: "require_replica_context",
    _INPUT_CONTEXT: "InputContext InputReplicationMode",
    "stillflow.distribute.extended": (
        "StrategyExtendedV1=StrategyExtended StrategyExtendedV2=StrategyExtended"
    ),
    "stillflow.distribute.loss_reduction": "get_loss_reduction",
    "stillflow.distribute.replica_context": "ReplicaContext",
    "stillflow.distribute.strategy": "Strategy StrategyV1=Strategy",
    "stillflow.distribute.update_device": "UpdateContext get_update_device=current",
}

DISTRIBUTION: dict[str, Members] = {
    "contrib.distribute.python.collective_all_reduce_strategy": {
        "stillflow.distribute.contrib_strategies": "CollectiveAllReduceStrategy",
    },
    "contrib.distribute.python.mirrored_strategy": {
        "stillflow.distribute.contrib_strategies": "MirroredStrategy",
        "stillflow.distribute.mirrored": (
            "all_local_devices CoreMirroredStrategy=MirroredStrategy "
            "CoreMirroredExtended=MirroredExtended"
        ),
    },
    "contrib.distribute.python.monitor": {"stillflow.distribute.monitor": "Monitor"},
    "contrib.distribute.python.one_device_strategy": {
        "stillflow.distribute.one_device": "OneDeviceStrategy",
    },
    "contrib.distribute.python.parameter_server_strategy": {
        "stillflow.distribute.contrib_strategies": "ParameterServerStrategy",
    },
    "python.data.experimental.ops.distribute": {
        "stillflow.input.datasets.dividing": (
            "_AutoShardDataset=AutoShardDataset _RebatchDataset=RebatchDataset"
        ),
    },
    "python.data.ops.multi_device_iterator_ops": {
        "stillflow.input.datasets.dividing": "MultiDeviceIterator",
    },
    "python.distribute.central_storage_strategy": {
        _SERVER: "CentralStorageStrategy CentralStorageStrategyV1=CentralStorageStrategy",
    },
    "python.distribute.collective_all_reduce_strategy": {
        "stillflow.distribute.collective": (
            "CollectiveAllReduceStrategy CollectiveAllReduceExtended "
            "CollectiveAllReduceStrategyV1=CollectiveAllReduceStrategy"
        ),
    },
    "python.distribute.cross_device_ops": {
        "stillflow.distribute.cross_device": (
            "CrossDeviceOps ReductionToOneDevice AllReduceCrossDeviceOps NcclAllReduce "
            "HierarchicalCopyAllReduce MultiWorkerAllReduce CollectiveCommunication "
            "choose_the_best check_destinations validate_destinations get_devices_from "
            "reduce_non_distributed_value simple_broadcast"
        ),
    },
    "python.distribute.device_util": {
        "stillflow.distribute.devices": (
            "canonicalize resolve current get_host_for_device local_devices_from_num_gpus"
        ),
    },
    "python.distribute.distribute_coordinator": {
        "stillflow.monitored.distribute_coordinator": (
            "run_distribute_coordinator CoordinatorMode _Barrier=Barrier"
        ),
        "stillflow.monitored.worker_context": "_TaskType=TaskType _WorkerContext=WorkerContext",
    },
    "python.distribute.distribute_coordinator_context": {
        "stillflow.monitored.worker_context": "get_current_worker_context",
    },
    "python.distribute.multi_worker_util": {
        "stillflow.monitored.cluster_tasks": (
            "normalize_cluster_spec is_chief collective_leader worker_count id_in_cluster "
            "has_worker_context should_save_checkpoint should_load_checkpoint "
            "wait_for_other_workers"
        ),
    },
    "python.distribute.distribute_config": {"stillflow.distribute.configuring": "DistributeConfig"},
    "python.distribute.distribute_lib": _LIBRARY,
    "python.distribute.distribution_strategy_context": {_CONTEXT: _OF_CONTEXT},
    "python.distribute.input_lib": {
        "stillflow.distribute.input_iterators": (
            "InputWorkers InputFunctionIterator DatasetIterator DistributedDataset "
            "DistributedDatasetV1=DistributedDataset DistributedDatasetsFromFunction "
            "DistributedDatasetsFromFunctionV1=DistributedDatasetsFromFunction "
            "DistributedIterator DistributedIteratorV1=DistributedIterator"
        ),
        "stillflow.distribute.multi_step": "MultiStepContext",
    },
    "python.compiler.xla.xla": {
        "stillflow.ops.control.xla_context": "XLACompileContext",
        "stillflow.ops.functions.xla_compile": "check_function_argument_count",
    },
    "python.distribute.input_ops": {
        "stillflow.input.datasets.dividing": "auto_shard_dataset _clone_dataset=clone_dataset",
    },
    "python.distribute.mirrored_strategy": {
        "stillflow.distribute.mirrored": f"{_MIRRORED} all_local_devices",
    },
    "python.distribute.numpy_dataset": {
        "stillflow.distribute.numpy_input": (
            "SingleDevice init_var_from_numpy one_host_numpy_dataset"
        ),
    },
    "python.distribute.one_device_strategy": {
        "stillflow.distribute.one_device": (
            "OneDeviceStrategy OneDeviceStrategyV1=OneDeviceStrategy OneDeviceExtended"
        ),
    },
    "python.distribute.parameter_server_strategy": {
        _SERVER: (
            "ParameterServerStrategy ParameterServerStrategyV1=ParameterServerStrategy "
            "ParameterServerStrategyExtended=ParameterServerExtended"
        ),
    },
    "python.distribute.reduce_util": {"stillflow.distribute.reduce_op": "ReduceOp"},
    "python.distribute.shared_variable_creator": {
        "stillflow.distribute.shared_variables": (
            "make_fn=creator_of_replica _canonicalize_variable_name=_common_name"
        ),
    },
    "python.distribute.summary_op_util": {
        "stillflow.ops.summaries.common": "skip_summary=is_summary_skipped",
    },
    "python.distribute.values": {
        "stillflow.distribute.device_map": (
            "DeviceMap SingleDeviceMap ReplicaDeviceMap LogicalDeviceSpec"
        ),
        "stillflow.distribute.values": (
            "DistributedValues DistributedDelegate PerReplica Mirrored regroup select_replica "
            "select_device_mirrored value_container"
        ),
        "stillflow.distribute.variables": (
            "DistributedVariable MirroredVariable SyncOnReadVariable DistributedVarOp"
        ),
        _SERVER: "AggregatingVariable",
    },
    "python.training.distribute": {**_LIBRARY, _CONTEXT: f"{_OF_CONTEXT} require_replica_context"},
    "python.training.distribution_strategy_context": {_CONTEXT: _OF_CONTEXT},
}
