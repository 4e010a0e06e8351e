"""What TensorFlow's internal modules of operations hold, as `internal_tables` has it."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

# {internal module: {module of ours: names}}
OPS: dict[str, Members] = {
    "python.module.module": {
        "stillflow.ops.variables.module": "_is_module=is_module _is_variable=is_variable",
    },
    "python.ops.array_ops": {
        "stillflow.ops.array.inplace": (
            "alias_inplace_add alias_inplace_sub alias_inplace_update deep_copy=deep_copy_op "
            "empty_like inplace_add inplace_sub inplace_update"
        ),
        "stillflow.ops.array.shape_of": "rank_internal shape_internal size_internal",
    },
    "python.ops.cond_v2": {
        "stillflow.ops.version2.control": "cond_v2=cond_of_module",
    },
    "python.ops.confusion_matrix": {
        "stillflow.ops.math.confusion": "remove_squeezable_dimensions",
    },
    "python.ops.control_flow_ops": {
        "stillflow.ops.control.case": "_case_helper=case_by",
        "stillflow.ops.control.cond_context": "CondContext",
        "stillflow.ops.control.context_protos": "from_control_flow_context_def",
        "stillflow.ops.control.contexts": "ControlFlowContext XLAControlFlowContext",
        "stillflow.ops.control.frames": ("_Enter=enter _NextIteration=next_iteration exit=exit_"),
        "stillflow.ops.control.ordering": "_Identity=ref_or_identity with_dependencies",
        "stillflow.ops.control.switch": ("_SwitchRefOrTensor=switch_ref_or_tensor merge switch"),
        "stillflow.ops.control.while_context": "WhileContext",
    },
    "python.ops.control_flow_util": {
        "stillflow.ops.control.nodes": (
            "ENABLE_CONTROL_FLOW_V2 GetContainingCondContext=containing_cond_context "
            "GetContainingWhileContext=containing_while_context "
            "GetContainingXLAContext=containing_xla_context "
            "GetLoopConstantEnter=constant_enter_of GetOutputContext=output_context "
            "GetWhileContext=while_context_of "
            "GraphOrParentsInXlaContext=is_graph_in_xla_context IsCondMerge=is_cond_merge "
            "IsCondSwitch=is_cond_switch IsContainingContext=is_containing IsInCond=is_in_cond "
            "IsInWhileLoop=is_in_while_loop IsInXLAContext=is_in_xla_context "
            "IsLoopConstantEnter=is_constant_enter "
            "IsLoopEnter=is_loop_enter IsLoopExit=is_loop_exit IsLoopMerge=is_loop_merge "
            "IsLoopSwitch=is_loop_switch IsMerge=is_merge IsSwitch=is_switch "
            "OpInContext=op_in_context TensorInContext=tensor_in_context"
        ),
    },
    "python.ops.critical_section_ops": {
        "stillflow.ops.control.critical_section": ("CRITICAL_SECTIONS CRITICAL_SECTION_EXECUTIONS"),
    },
    "python.ops.ctc_ops": {
        "stillflow.layers.ctc.dense": "ctc_loss_dense",
        "stillflow.ops.ctc.forward_backward": (
            "_state_to_olabel=classes_of _state_to_olabel_unique=classes_of_unique "
            "_sum_states=sum_states ctc_loss_and_grad=loss_and_gradient"
        ),
        "stillflow.ops.ctc.labels": "dense_labels_to_sparse",
        "stillflow.ops.ctc.scanning": "_scan=scan",
    },
    "python.ops.data_flow_ops": {
        "stillflow.input.queues.record_input": "RecordInput",
        "stillflow.ops.queues.barriers": "Barrier",
        "stillflow.ops.queues.staging_areas": "MapStagingArea StagingArea",
    },
    "python.ops.distributions.beta": {
        "stillflow.distributions.beta": "BetaWithSoftplusConcentration",
    },
    "python.ops.distributions.bijector": {
        "stillflow.distributions.bijectors.bijector": "Bijector",
    },
    "python.ops.distributions.bijector_impl": {
        "stillflow.distributions.bijectors.bijector": "Bijector",
    },
    "python.ops.distributions.distribution": {
        "stillflow.distributions.distribution": "Distribution",
    },
    "python.ops.distributions.exponential": {
        "stillflow.distributions.gamma": "ExponentialWithSoftplusRate",
    },
    "python.ops.distributions.gamma": {
        "stillflow.distributions.gamma": "GammaWithSoftplusConcentrationRate",
    },
    "python.ops.distributions.identity_bijector": {
        "stillflow.distributions.bijectors.scalar": "Identity",
    },
    "python.ops.distributions.kullback_leibler": {
        "stillflow.distributions.divergence": (
            "_DIVERGENCES=RULES _registered_kl=registered cross_entropy"
        ),
    },
    "python.ops.distributions.laplace": {
        "stillflow.distributions.laplace": "LaplaceWithSoftplusScale",
    },
    "python.ops.distributions.normal": {
        "stillflow.distributions.normal": "NormalWithSoftplusScale",
    },
    "python.ops.distributions.special_math": {
        "stillflow.distributions.special": (
            "LOGNDTR_FLOAT32_LOWER LOGNDTR_FLOAT32_UPPER LOGNDTR_FLOAT64_LOWER "
            "LOGNDTR_FLOAT64_UPPER erfinv log_cdf_laplace log_ndtr ndtr ndtri"
        ),
    },
    "python.ops.distributions.student_t": {
        "stillflow.distributions.student_t": "StudentTWithAbsDfSoftplusScale",
    },
    "python.ops.distributions.transformed_distribution": {
        "stillflow.distributions.transformed": "TransformedDistribution",
    },
    "python.ops.distributions.util": {
        "stillflow.distributions.arguments": "parent_frame_arguments",
        "stillflow.distributions.checking": (
            "assert_integer_form assert_symmetric embed_check_categorical_event_shape "
            "embed_check_integer_casting_closed embed_check_nonnegative_integer_form "
            "get_logits_and_probs maybe_get_static_value same_dynamic_shape"
        ),
        "stillflow.distributions.counting": "log_combinations",
        "stillflow.distributions.seeds": "gen_new_seed",
        "stillflow.distributions.shapes": (
            "dimension_size pick_vector prefer_static_broadcast_shape prefer_static_rank "
            "prefer_static_shape prefer_static_value"
        ),
        "stillflow.distributions.triangular": (
            "fill_triangular fill_triangular_inverse matrix_diag_transform tridiag"
        ),
        "stillflow.ops.array.rotating": "rotate_transpose",
        "stillflow.distributions.weighing": (
            "pad process_quadrature_grid_and_probs reduce_weighted_logsumexp softplus_inverse"
        ),
    },
    "python.ops.embedding_ops": {
        "stillflow.ops.nn.sparse_embedding": (
            "embedding_lookup_sparse_v2 safe_embedding_lookup_sparse_v2"
        ),
    },
    "python.ops.functional_ops": {
        "stillflow.ops.functions.functional": "Gradient=gradient If=if_",
        "stillflow.ops.functions.looping": "For=for_ While=while_",
        "stillflow.ops.functions.partitioned": "partitioned_call",
    },
    "python.ops.gradients_impl": {
        "stillflow.gradients.hessians": "_hessian_vector_product=hessian_vector_product",
    },
    "python.ops.init_ops": {
        "stillflow.ops.variables.initializers": "Initializer _compute_fans=fans",
        "stillflow.ops.variables.orthogonal_kernels": (
            "ConvolutionDeltaOrthogonal ConvolutionOrthogonal ConvolutionOrthogonal1D "
            "ConvolutionOrthogonal2D ConvolutionOrthogonal3D"
        ),
    },
    "python.ops.inplace_ops": {
        "stillflow.ops.array.inplace": (
            "alias_inplace_add alias_inplace_sub alias_inplace_update empty_like inplace_add "
            "inplace_sub inplace_update"
        ),
    },
    "python.ops.linalg.linear_operator_circulant": {
        "stillflow.ops.linalg.operators.circulant": "_to_complex=as_complex",
    },
    "python.ops.linalg.linear_operator_util": {
        "stillflow.ops.linalg.operators.broadcasting": (
            "assert_compatible_matrix_dimensions "
            "assert_no_entries_with_modulus_zero=assert_nowhere_zero "
            "assert_zero_imag_part=assert_real broadcast_matrix_batch_dims "
            "cholesky_solve_with_broadcast matrix_solve_with_broadcast "
            "matrix_triangular_solve_with_broadcast"
        ),
        "stillflow.ops.linalg.operators.claims": (
            "use_operator_or_provided_hint_unless_contradicting=kept"
        ),
        "stillflow.ops.linalg.operators.parts": "convert_nonref_to_tensor=held",
        "stillflow.ops.linalg.operators.sizes": "shape_tensor=size_tensor",
    },
    "python.ops.list_ops": {
        "stillflow.ops.tensor_list.tensor_lists": (
            "empty_tensor_list tensor_list_concat tensor_list_from_tensor tensor_list_gather "
            "tensor_list_get_item tensor_list_pop_back tensor_list_reserve tensor_list_scatter "
            "tensor_list_set_item tensor_list_split tensor_list_stack"
        ),
        "stillflow.ops.tensor_list.gradients": (
            "_build_element_shape=build_element_shape tensor_list_concat_lists "
            "tensor_list_element_shape tensor_list_length tensor_list_push_back "
            "tensor_list_push_back_batch tensor_list_resize "
            "tensor_list_scatter_into_existing_list"
        ),
    },
    "python.ops.lookup_ops": {
        "stillflow.ops.tables.by_index": (
            "index_table_from_tensor index_to_string_table_from_tensor"
        ),
        "stillflow.ops.tables.interface": "InitializableLookupTableBaseV1",
        "stillflow.ops.tables.static": "HashTable StaticHashTable",
        "stillflow.ops.tables.vocabulary": "FastHashSpec StaticVocabularyTable",
    },
    "python.ops.math_ops": {
        "stillflow.ops.math.bucketing": "_bucketize=bucketize",
        "stillflow.ops.array.indexed_slices": (
            "_as_indexed_slices=as_slices _as_indexed_slices_list=as_slices_list"
        ),
    },
    "python.ops.metrics_impl": {
        "stillflow.ops.metrics.accumulating": (
            "_remove_squeezable_dimensions=aligned metric_variable"
        ),
        "stillflow.ops.metrics.average_precision": (
            "_streaming_sparse_average_precision_at_top_k=average_precision_at_top_k"
        ),
        "stillflow.ops.metrics.classes": "_streaming_confusion_matrix=streaming_confusion_matrix",
        "stillflow.ops.metrics.parts": (
            "_aggregate_variable=aggregate_variable "
            "_confusion_matrix_at_thresholds=confusion_matrix_at_thresholds "
            "_safe_scalar_div=safe_scalar_div"
        ),
    },
    "python.ops.nn_impl": {
        "stillflow.ops.sampling.losses": (
            "_compute_sampled_logits=sampled_logits nce_loss_v2 sampled_softmax_loss_v2"
        ),
    },
    "python.ops.nn_ops": {
        "stillflow.ops.nn.any_rank": "Convolution",
        "stillflow.ops.nn.fractional": "fractional_avg_pool_v2 fractional_max_pool_v2",
    },
    "python.ops.parsing_ops": {
        "stillflow.ops.parsing.raw": "decode_raw=decode_raw_v2",
    },
    "python.ops.ragged.ragged_array_ops": {
        "stillflow.ops.ragged.arranging": "expand_dims",
        "stillflow.ops.ragged.choosing": "tile",
    },
    "python.ops.ragged.ragged_batch_gather_ops": {
        "stillflow.ops.ragged.choosing": "batch_gather",
    },
    "python.ops.ragged.ragged_concat_ops": {
        "stillflow.ops.ragged.joining": "concat",
    },
    "python.ops.ragged.ragged_gather_ops": {
        "stillflow.ops.ragged.arranging": "gather",
        "stillflow.ops.ragged.choosing": "gather_nd",
    },
    "python.ops.ragged.ragged_math_ops": {
        "stillflow.ops.ragged.reducing": (
            "reduce_all reduce_any reduce_max reduce_mean reduce_min reduce_prod reduce_sum"
        ),
    },
    "python.ops.ragged.ragged_squeeze_op": {
        "stillflow.ops.ragged.choosing": "squeeze",
    },
    "python.ops.ragged.ragged_string_ops": {
        "stillflow.ops.strings.splitting": "string_split_v2=strings_split_v2",
    },
    "python.ops.ragged.ragged_tensor": {
        "stillflow.ops.ragged.ragged_tensor": "convert_to_tensor_or_ragged_tensor is_ragged",
    },
    "python.ops.ragged.ragged_where_op": {
        "stillflow.ops.ragged.choosing": "where",
    },
    "python.ops.resource_variable_ops": {
        "stillflow.ops.variables.kinds": "is_resource_variable",
        "stillflow.ops.variables.resource": "variable_shape",
        "stillflow.ops.variables.resource_variable": (
            "BaseResourceVariable ResourceVariable _UnreadVariable=UnreadVariable"
        ),
    },
    "python.ops.resources": {
        "stillflow.ops.variables.resource_sets": (
            "initialize_resources local_resources register_resource report_uninitialized_resources "
            "shared_resources"
        ),
    },
    "python.ops.rnn": {
        "stillflow.layers.recurrent.sizes": (
            "_concat=concat_sizes _infer_state_dtype=infer_state_dtype"
        ),
    },
    "python.ops.rnn_cell": {
        "stillflow.layers.recurrent.likeness": (
            "ASSERT_LIKE_RNNCELL_ERROR_REGEXP assert_like_rnncell"
        ),
    },
    "python.ops.rnn_cell_impl": {
        "stillflow.layers.recurrent.cell": (
            "_BIAS_VARIABLE_NAME=BIAS _WEIGHTS_VARIABLE_NAME=KERNEL "
            "_check_rnn_cell_input_dtypes=check_inputs_are_floats "
            "_check_supported_dtypes=check_type_is_float"
        ),
        "stillflow.layers.recurrent.likeness": (
            "ASSERT_LIKE_RNNCELL_ERROR_REGEXP assert_like_rnncell"
        ),
        "stillflow.layers.recurrent.sizes": (
            "_concat=concat_sizes _zero_state_tensors=zero_state_tensors"
        ),
        "stillflow.layers.recurrent.wrapping": "_RNNCellWrapperV1=CellWrapper",
    },
    "python.ops.session_ops": {
        "stillflow.ops.queues.session_tensors": "TensorHandle",
    },
    "python.ops.sparse_ops": {
        "stillflow.ops.sparse.crossing": "_DEFAULT_HASH_KEY=_HASH_KEY",
        "stillflow.ops.sparse.dense_operators": "sparse_dense_cwise_add=added",
        "stillflow.ops.sparse.serializing": "deserialize_sparse",
        "stillflow.ops.sparse.tensors_map": (
            "_add_many_sparse_to_tensors_map=add_many_sparse_to_tensors_map "
            "_add_sparse_to_tensors_map=add_sparse_to_tensors_map "
            "_take_many_sparse_from_tensors_map=take_many_sparse_from_tensors_map"
        ),
    },
    "python.ops.state_ops": {
        "stillflow.ops.variables.state": "variable_op variable_op_v2",
    },
    "python.ops.string_ops": {
        "stillflow.ops.strings.joining": "reduce_join_v2",
        "stillflow.ops.strings.parts": "string_length_v2 substr_v2",
        "stillflow.ops.strings.splitting": "string_split_v2=sparse_split_v2",
    },
    "python.ops.summary_ops_v2": {
        "stillflow.train.recording.conditions": "get_step record_if set_step",
        "stillflow.train.recording.version_2": "summary_scope write write_raw_pb",
        "stillflow.train.recording.writers": (
            "NoopSummaryWriter ResourceSummaryWriter create_file_writer_v2 create_noop_writer"
        ),
    },
    "python.ops.tensor_array_grad": {
        "stillflow.ops.tensor_array.declared": "_GetGradSource=gradient_source",
    },
    "python.ops.tensor_array_ops": {
        "stillflow.ops.tensor_array.tensor_array": "build_ta_with_new_flow=build_with_new_flow",
    },
    "python.ops.variable_scope": {
        "stillflow.ops.variables.creators": "variable_creator_scope",
        "stillflow.ops.variables.partitioning": "_PartitionInfo=PartitionInfo",
        "stillflow.ops.variables.scope": "_pure_variable_scope=pure_variable_scope",
        "stillflow.ops.variables.store": "_get_default_variable_store=default_variable_store",
    },
    "python.ops.variables": {
        "stillflow.ops.variables.partitioned": "PartitionedVariable",
        "stillflow.ops.variables.reference_variable": "RefVariable",
        "stillflow.ops.variables.variable": "VariableAggregationV2=VariableAggregation",
        "stillflow.ops.variables.variable_v2": "Variable=VariableV2",
        "stillflow.train.saveables": "_all_saveable_objects=all_saveables",
    },
    "python.ops.weights_broadcast_ops": {
        "stillflow.ops.losses.broadcasting": "assert_broadcastable broadcast_weights",
    },
    "python.ops.while_v2": {
        "stillflow.ops.version2.control": "while_loop=while_loop_of_module",
    },
}
