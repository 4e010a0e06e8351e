"""What TensorFlow's internal modules of `tf.data` hold, as `internal_tables` has it."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

_DATASETS = "stillflow.input.datasets"
_EXPERIMENTAL = f"{_DATASETS}.experimental"

# {internal module: {module of ours: names}}
INPUT: dict[str, Members] = {
    "contrib.input_pipeline.python.ops.input_pipeline_ops": {
        "stillflow.ops.io.obtaining": "seek_next",
    },
    "contrib.training.python.training.sampling_ops": {
        "stillflow.input.queues.stratified": (
            "_calculate_acceptance_probabilities=acceptance_probabilities "
            "_estimate_data_distribution=estimated_distribution _verify_input=checked_input"
        ),
    },
    "contrib.training.python.training.sequence_queueing_state_saver": {
        "stillflow.input.queues.sequence_batches": "NextQueuedSequenceBatch",
        "stillflow.input.queues.sequence_inputs": "_SequenceInputWrapper=SequenceInputWrapper",
        "stillflow.input.queues.sequence_padding": "_padding=padded",
        "stillflow.input.queues.sequence_state_saver": "SequenceQueueingStateSaver",
        "stillflow.input.queues.sequences_with_states": "batch_sequences_with_states",
        "stillflow.input.queues.sparse_sequences": (
            "_deconstruct_sparse_tensor_seq=deconstructed "
            "_reconstruct_sparse_tensor_seq=reconstruct"
        ),
    },
    "python.data.experimental.ops.cardinality": {
        f"{_EXPERIMENTAL}.selecting": "INFINITE UNKNOWN",
    },
    "python.data.experimental.ops.interleave_ops": {
        f"{_EXPERIMENTAL}.mixing": "_DirectedInterleaveDataset=DirectedInterleaveDataset",
    },
    "python.data.experimental.ops.matching_files": {
        f"{_DATASETS}.readers": "MatchingFilesDataset",
    },
    "python.data.experimental.ops.readers": {
        f"{_EXPERIMENTAL}.examples": "make_tf_record_dataset",
    },
    "python.data.experimental.ops.stats_ops": {
        f"{_EXPERIMENTAL}.statistics": "set_stats_aggregator",
    },
    "python.data.experimental.ops.threadpool": {
        f"{_EXPERIMENTAL}.thread_pools": (
            "PrivateThreadPool _ThreadPoolDataset=ThreadPoolDataset override_threadpool"
        ),
    },
    "python.data.ops.dataset_ops": {
        f"{_DATASETS}.batching": (
            "BatchDataset PaddedBatchDataset WindowDataset _UnbatchDataset=UnbatchDataset"
        ),
        f"{_DATASETS}.carrying_out": (
            "CacheDataset PrefetchDataset "
            "_MaxIntraOpParallelismDataset=MaxIntraOpParallelismDataset "
            "_ModelDataset=ModelDataset _OptimizeDataset=OptimizeDataset "
            "_OptionsDataset=OptionsDataset _PrivateThreadPoolDataset=PrivateThreadPoolDataset"
        ),
        f"{_DATASETS}.dataset": (
            "AUTOTUNE DatasetSource DatasetV2 UnaryDataset UnaryUnchangedStructureDataset "
            "_VariantDataset=VariantDataset"
        ),
        f"{_DATASETS}.dataset_v1": "DatasetV1Adapter",
        f"{_DATASETS}.functions": "StructuredFunctionWrapper",
        f"{_DATASETS}.generating": "_GeneratorDataset=GeneratorDataset",
        f"{_DATASETS}.mapping": (
            "FilterDataset FlatMapDataset InterleaveDataset MapDataset ParallelInterleaveDataset "
            "ParallelMapDataset"
        ),
        f"{_DATASETS}.moving": (
            "ConcatenateDataset RepeatDataset ShardDataset ShuffleDataset SkipDataset TakeDataset "
            "ZipDataset"
        ),
        f"{_DATASETS}.sources": "RangeDataset TensorDataset TensorSliceDataset",
        f"{_DATASETS}.sparse_slices": "SparseTensorSliceDataset",
    },
    "python.data.ops.iterator_ops": {
        f"{_DATASETS}.iterator": (
            "GET_NEXT_CALL_WARNING_MESSAGE GET_NEXT_CALL_WARNING_THRESHOLD GLOBAL_ITERATORS"
        ),
    },
    "python.data.ops.optional_ops": {
        f"{_EXPERIMENTAL}.optionals": "_OptionalImpl=OptionalOfTensor",
    },
    "python.ops.ragged.ragged_conversion_ops": {
        "stillflow.ops.ragged.conversion_ops": "from_sparse from_tensor to_sparse to_tensor",
    },
    "python.data.ops.readers": {
        f"{_DATASETS}.readers": (
            "FixedLengthRecordDatasetV1 FixedLengthRecordDatasetV2 TFRecordDatasetV1 "
            "TFRecordDatasetV2 TextLineDatasetV1 TextLineDatasetV2 _TFRecordDataset=RecordsDataset"
        ),
    },
    "python.data.util.convert": {
        f"{_DATASETS}.arguments": "optional_param_to_tensor partial_shape_to_tensor",
    },
    "python.data.util.nest": {
        f"{_DATASETS}.nesting": (
            "assert_same_structure assert_shallow_structure flatten flatten_up_to is_sequence "
            "map_structure map_structure_up_to pack_sequence_as"
        ),
    },
    "python.data.util.options": {
        f"{_DATASETS}.options": "OptionsBase create_option merge_options",
    },
    "python.data.util.random_seed": {
        f"{_DATASETS}.seeds": "get_seed",
    },
    "python.data.util.sparse": {
        f"{_DATASETS}.sparse_components": (
            "any_sparse as_dense_shapes as_dense_types deserialize_sparse_tensors get_classes "
            "serialize_many_sparse_tensors serialize_sparse_tensors"
        ),
    },
    "python.data.util.structure": {
        f"{_DATASETS}.structure": (
            "are_compatible convert_legacy_structure from_compatible_tensor_list from_tensor_list "
            "get_flat_tensor_shapes get_flat_tensor_specs get_flat_tensor_types "
            "normalize_element to_batched_tensor_list to_tensor_list type_spec_from_value"
        ),
    },
    "python.data.util.traverse": {
        f"{_DATASETS}.dataset_v1": "obtain_all_variant_tensor_ops=variant_ops",
    },
}
