"""What TensorFlow's internal modules of training and checkpoints hold; see `internal_tables`."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

# {internal module: {module of ours: names}}
TRAINING: dict[str, Members] = {
    "python.training.basic_session_run_hooks": {
        "stillflow.events.file_writer": "SummaryWriterCache=FileWriterCache",
        "stillflow.monitored.timers": "NeverTriggerTimer _HookTimer=Timer",
    },
    "python.training.checkpoint_management": {
        "stillflow.checkpoint.management": (
            "meta_graph_filename update_checkpoint_state_internal=update_checkpoint_state"
        ),
    },
    "python.training.checkpoint_state_pb2": {
        "stillflow.checkpoint.messages": "CheckpointState",
    },
    "python.training.checkpoint_utils": {
        "stillflow.checkpoint.management": "wait_for_new_checkpoint",
    },
    "python.training.device_setter": {
        "stillflow.train.distributing.device_setter": (
            "STANDARD_PS_OPS _RoundRobinStrategy=RoundRobinStrategy"
        ),
    },
    "python.training.evaluation": {
        "stillflow.monitored.evaluating": (
            "_evaluate_once=evaluate_once _get_or_create_eval_step=get_or_create_eval_step "
            "_StopAfterNEvalsHook=StopAfterNEvalsHook"
        ),
    },
    "python.training.experimental.loss_scale": {
        "stillflow.train.loss_scaling.loss_scale": "get=as_loss_scale",
    },
    "python.training.monitored_session": {
        "stillflow.monitored.sessions": "_MonitoredSession",
        "stillflow.monitored.training_session": "USE_DEFAULT",
        "stillflow.monitored.wrapped": (
            "_CoordinatedSession=CoordinatedSession _HookedSession=HookedSession "
            "_RecoverableSession=RecoverableSession _WrappedSession=WrappedSession "
            "_PREEMPTION_ERRORS=PREEMPTION_ERRORS"
        ),
    },
    "python.training.moving_averages": {
        "stillflow.train.moving_averages": "assign_moving_average weighted_moving_average",
    },
    "python.training.saver": {
        "stillflow.train.object_keys": "object_graph_key_mapping",
        "stillflow.train.saver": "_get_saver_or_default=saver_or_default",
        "stillflow.train.saver_builder": "BaseSaverBuilder",
    },
    "python.training.saving.functional_saver": {
        "stillflow.train.objects.nodes": "MultiDeviceSaver",
    },
    "python.training.saving.saveable_object": {
        "stillflow.ops.saving.saveable": "SaveSpec SaveableObject",
    },
    "python.training.saving.saveable_object_util": {
        "stillflow.train.saveables": (
            "op_list_to_dict=by_own_names saveable_objects_for_op "
            "validate_and_slice_inputs=saveables_of"
        ),
    },
    "python.training.slot_creator": {
        "stillflow.train.slot_creator": (
            "create_slot create_slot_with_initializer create_zeros_slot"
        ),
    },
    "python.training.supervisor": {
        "stillflow.monitored.supervisor": (
            "SVStepCounterThread SVSummaryThread SVTimerCheckpointThread"
        ),
    },
    "python.training.tracking.base": {
        "stillflow.tracking.trackable": (
            "OBJECT_GRAPH_PROTO_KEY TrackableReference VARIABLE_VALUE_KEY "
            "no_automatic_dependency_tracking no_automatic_dependency_tracking_scope"
        ),
        "stillflow.train.objects.python_state": (
            "NoRestoreSaveable PythonStateSaveable PythonStringStateSaveable"
        ),
        "stillflow.train.objects.positions": "CheckpointPosition",
    },
    "python.training.tracking.data_structures": {
        "stillflow.tracking.assigning": "sticky_attribute_assignment wrap_or_unwrap",
        "stillflow.tracking.containers": "TrackableDataStructure",
        "stillflow.tracking.dicts": "_DictWrapper=DictWrapper",
        "stillflow.tracking.lists": "ListWrapper",
    },
    "python.training.tracking.graph_view": {
        "stillflow.train.objects.object_graph": "ObjectGraphView",
    },
    "python.training.tracking.tracking": {
        "stillflow.ops.saving.asset": "TrackableAsset",
        "stillflow.tracking.assigning": "NotTrackable",
        "stillflow.tracking.resources": (
            "CapturableResource ResourceTracker TrackableResource cached_per_instance "
            "resource_tracker_scope"
        ),
    },
    "python.training.tracking.util": {
        "stillflow.train.objects.checkpoint": "Checkpoint add_variable gather_initializers",
        "stillflow.train.objects.object_saver": (
            "TrackableSaver frozen_saver saver_with_op_caching"
        ),
        "stillflow.train.objects.statuses": (
            "CheckpointLoadStatus InitializationOnlyStatus NameBasedSaverStatus "
            "get_session=session_or_default streaming_restore"
        ),
    },
    "python.training.training_util": {
        "stillflow.train.training_util": (
            "_get_or_create_global_step_read=get_or_create_global_step_read "
            "_increment_global_step=increment_global_step"
        ),
    },
    "python.training.warm_starting_util": {
        "stillflow.train.warm_start_one": (
            "_get_var_info=var_info _infer_var_name=name_of "
            "_warm_start_var_with_vocab=warm_start_var_with_vocab"
        ),
    },
}
