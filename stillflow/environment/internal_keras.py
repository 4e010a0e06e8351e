"""What TensorFlow's internal modules of `tf.keras` hold, as `internal_tables` has it."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

_BACKEND = "stillflow.keras.backend"
_CALLBACKS = "stillflow.keras.callbacks"
_LAYERS = "stillflow.keras.layers"
_TRAINING = "stillflow.keras.training"

# {internal module: {module of ours: names}}
KERAS: dict[str, Members] = {
    "python.keras": {
        "stillflow.keras.saving.versions": "__version__=KERAS_VERSION",
    },
    "python.keras.callbacks": {
        f"{_CALLBACKS}.callback": "Callback",
        f"{_CALLBACKS}.callback_list": "CallbackList",
        f"{_CALLBACKS}.checkpoints": "ModelCheckpoint",
        f"{_CALLBACKS}.configuring": "configure_callbacks set_callback_parameters",
        f"{_CALLBACKS}.learning_rates": "LearningRateScheduler ReduceLROnPlateau",
        f"{_CALLBACKS}.loggers": "BaseLogger History ProgbarLogger",
        f"{_CALLBACKS}.recorders": "CSVLogger LambdaCallback RemoteMonitor",
        f"{_CALLBACKS}.stopping": "EarlyStopping TerminateOnNaN",
        f"{_CALLBACKS}.tensorboard_v2": "TensorBoard",
    },
    "python.keras.callbacks_v1": {
        f"{_CALLBACKS}.tensorboard": "TensorBoard",
    },
    "python.keras.engine": {
        "stillflow.keras.engine.base_layer": "Layer",
        "stillflow.keras.engine.input_layer": "Input InputLayer",
        "stillflow.keras.engine.model": "Model",
        "stillflow.keras.engine.network": "Network",
        "stillflow.keras.engine.sequential": "Sequential",
        "stillflow.keras.utils.source_inputs": "get_source_inputs",
        "stillflow.layers.input_spec": "InputSpec",
    },
    "python.keras.engine.base_layer": {
        "stillflow.keras.engine.base_layer": "Layer",
        "stillflow.layers.input_spec": "InputSpec",
        "stillflow.layers.names": "to_snake_case",
        "stillflow.layers.nodes": "KerasHistory",
        "stillflow.layers.op_layer": "AddLoss AddMetric TensorFlowOpLayer",
    },
    "python.keras.engine.base_layer_utils": {
        "stillflow.layers.call_context": "call_context=current_call",
        "stillflow.layers.history": (
            "create_keras_history=create mark_checked needs_keras_history=is_needed "
            "uses_keras_history=starts_from_input"
        ),
        "stillflow.layers.keras_style": "make_variable",
        "stillflow.layers.policies": (
            "disable_v2_dtype_behavior enable_v2_dtype_behavior v2_dtype_behavior_enabled"
        ),
    },
    "python.keras.engine.base_preprocessing_layer": {
        f"{_LAYERS}.preprocessing.base": "CombinerPreprocessingLayer PreprocessingLayer",
        f"{_LAYERS}.preprocessing.combiner": "Combiner",
    },
    "python.keras.engine.base_preprocessing_layer_v1": {
        f"{_LAYERS}.preprocessing.base_v1": "CombinerPreprocessingLayer",
    },
    "python.keras.engine.input_layer": {
        "stillflow.keras.engine.input_layer": "Input InputLayer",
    },
    "python.keras.engine.input_spec": {
        "stillflow.layers.input_spec": "InputSpec assert_input_compatibility to_tensor_shape",
    },
    "python.keras.engine.network": {
        "stillflow.keras.engine.network": "Network",
    },
    "python.keras.engine.node": {
        "stillflow.layers.nodes": "Node",
    },
    "python.keras.engine.sequential": {
        "stillflow.keras.engine.sequential": "Sequential",
    },
    "python.keras.engine.training": {
        "stillflow.keras.engine.model": "Model",
    },
    "python.keras.layers.advanced_activations": {
        f"{_LAYERS}.rectifying": "ELU LeakyReLU PReLU ReLU Softmax ThresholdedReLU",
    },
    "python.keras.layers.convolutional": {
        f"{_LAYERS}.cropping": "Cropping1D Cropping2D Cropping3D",
        f"{_LAYERS}.depthwise": "DepthwiseConv2D",
        f"{_LAYERS}.upsampling": "UpSampling1D UpSampling2D UpSampling3D",
        f"{_LAYERS}.zero_padding": "ZeroPadding1D ZeroPadding2D ZeroPadding3D",
        "stillflow.layers.convolutional": (
            "Conv Conv1D Conv2D Conv3D Convolution1D=Conv1D Convolution2D=Conv2D "
            "Convolution3D=Conv3D"
        ),
        "stillflow.layers.separable": "SeparableConv SeparableConv1D SeparableConv2D",
        "stillflow.layers.transposed": "Conv2DTranspose Conv3DTranspose",
    },
    "python.keras.layers.convolutional_recurrent": {
        f"{_LAYERS}.recurrent.conv_lstm": "ConvLSTM2D ConvLSTM2DCell",
        f"{_LAYERS}.recurrent.convolutional": "ConvRNN2D",
    },
    "python.keras.layers.core": {
        f"{_LAYERS}.activating": "Activation ActivityRegularization",
        f"{_LAYERS}.dropouts": "SpatialDropout1D SpatialDropout2D SpatialDropout3D",
        f"{_LAYERS}.function_layer": "Lambda",
        f"{_LAYERS}.masking": "Masking",
        f"{_LAYERS}.shaping": "Permute RepeatVector Reshape",
        "stillflow.layers.core": "Dense Dropout Flatten",
    },
    "python.keras.layers.cudnn_recurrent": {
        f"{_LAYERS}.recurrent.cudnn": "CuDNNGRU CuDNNLSTM _CuDNNRNN=CuDNNLayer",
    },
    "python.keras.layers.dense_attention": {
        f"{_LAYERS}.dense_attention": (
            "AdditiveAttention Attention BaseDenseAttention "
            "_lower_triangular_mask=lower_triangular_mask"
        ),
    },
    "python.keras.layers.embeddings": {
        f"{_LAYERS}.embedding": "Embedding",
    },
    "python.keras.layers.kernelized": {
        f"{_LAYERS}.random_features": "RandomFourierFeatures",
    },
    "python.keras.layers.local": {
        f"{_LAYERS}.local": "LocallyConnected1D LocallyConnected2D",
        f"{_LAYERS}.local_products": (
            "get_locallyconnected_mask=kernel_mask local_conv_matmul=masked "
            "local_conv_sparse_matmul=sparse make_2d"
        ),
    },
    "python.keras.layers.merge": {
        f"{_LAYERS}.concatenating": "Concatenate concatenate",
        f"{_LAYERS}.dot": "Dot dot",
        f"{_LAYERS}.elementwise": (
            "Add Average Maximum Minimum Multiply Subtract add average maximum minimum multiply "
            "subtract"
        ),
        f"{_LAYERS}.merging": "_Merge=Merge",
    },
    "python.keras.layers.noise": {
        f"{_LAYERS}.noise": "AlphaDropout GaussianDropout GaussianNoise",
    },
    "python.keras.layers.normalization": {
        f"{_LAYERS}.layer_normalization": "LayerNormalization",
        "stillflow.layers.normalization": "BatchNormalization",
    },
    "python.keras.layers.normalization_v2": {
        f"{_LAYERS}.normalization_v2": "BatchNormalization",
    },
    "python.keras.layers.pooling": {
        f"{_LAYERS}.global_pooling": (
            "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D "
            "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalPooling1D "
            "GlobalPooling2D GlobalPooling3D"
        ),
        "stillflow.layers.pooling": (
            "AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D "
            "MaxPooling3D Pooling1D Pooling2D Pooling3D"
        ),
    },
    "python.keras.layers.preprocessing.normalization": {
        f"{_LAYERS}.preprocessing.base": "CombinerPreprocessingLayer",
        f"{_LAYERS}.preprocessing.combiner": "Combiner",
        f"{_LAYERS}.preprocessing.normalization": "Normalization",
    },
    "python.keras.layers.preprocessing.normalization_v1": {
        f"{_LAYERS}.preprocessing.base_v1": "CombinerPreprocessingLayer",
        f"{_LAYERS}.preprocessing.normalization_v1": "Normalization",
    },
    "python.keras.layers.recurrent": {
        f"{_LAYERS}.recurrent.calling": "_standardize_args=separated",
        f"{_LAYERS}.recurrent.cells": "AbstractRNNCell",
        f"{_LAYERS}.recurrent.dropout_masks": "DropoutRNNCellMixin",
        f"{_LAYERS}.recurrent.gru": "GRU GRUCell",
        f"{_LAYERS}.recurrent.lstm": "LSTM LSTMCell PeepholeLSTMCell",
        f"{_LAYERS}.recurrent.rnn": "RNN",
        f"{_LAYERS}.recurrent.simple": "SimpleRNN SimpleRNNCell",
        f"{_LAYERS}.recurrent.sizes": (
            "_generate_zero_filled_state=zeros_of_sizes "
            "_generate_zero_filled_state_for_cell=zero_state "
            "_is_multiple_state=is_multiple_state"
        ),
        f"{_LAYERS}.recurrent.stacked": "StackedRNNCells",
    },
    "python.keras.layers.recurrent_v2": {
        f"{_LAYERS}.recurrent.version2": "GRU GRUCell LSTM LSTMCell",
    },
    "python.keras.layers.rnn_cell_wrapper_v2": {
        f"{_LAYERS}.recurrent.cell_wrappers": "DeviceWrapper DropoutWrapper ResidualWrapper",
    },
    "python.keras.layers.wrappers": {
        f"{_LAYERS}.wrappers.bidirectional": "Bidirectional",
        f"{_LAYERS}.wrappers.time_distributed": "TimeDistributed",
        f"{_LAYERS}.wrappers.wrapper": "Wrapper",
    },
    "python.keras.layers.serialization": {
        f"{_LAYERS}.serialization": "deserialize serialize",
    },
    "python.keras.mixed_precision.experimental.autocast_variable": {
        "stillflow.layers.autocast": "AutoCastVariable",
    },
    "python.keras.mixed_precision.experimental.policy": {
        "stillflow.layers.policies": (
            "Policy global_policy policy_defaults_to_floatx=defaults_to_floatx policy_scope "
            "set_policy with_input_dtype"
        ),
    },
    "python.keras.models": {
        "stillflow.keras.engine.building_clones": "clone_and_build_model",
        "stillflow.keras.engine.cloning": (
            "_clone_functional_model=clone_functional _clone_layer=clone_layer "
            "_clone_sequential_model=clone_sequential share_weights"
        ),
        "stillflow.keras.engine.resetting": (
            "_in_place_subclassed_model_reset=reset_in_place "
            "in_place_subclassed_model_state_restoration=restore_in_place"
        ),
        "stillflow.keras.engine.input_layer": "Input InputLayer",
        "stillflow.keras.engine.network": "Network",
    },
    "python.keras.premade.linear": {
        "stillflow.keras.premade.linear": "LinearModel",
    },
    "python.keras.premade.wide_deep": {
        "stillflow.keras.premade.wide_deep": "WideDeepModel",
    },
    "python.keras.saving.hdf5_format": {
        "stillflow.keras.saving.hdf5_attributes": (
            "HDF5_OBJECT_HEADER_LIMIT=LIMIT load_attributes_from_hdf5_group "
            "save_attributes_to_hdf5_group"
        ),
        "stillflow.keras.saving.hdf5_models": "load_model_from_hdf5 save_model_to_hdf5",
        "stillflow.keras.saving.hdf5_weights": (
            "_legacy_weights=ordered_weights load_optimizer_weights_from_hdf5_group "
            "load_weights_from_hdf5_group load_weights_from_hdf5_group_by_name "
            "save_optimizer_weights_to_hdf5_group save_weights_to_hdf5_group"
        ),
        "stillflow.keras.saving.older_weights": "preprocess_weights_for_loading",
    },
    "python.keras.saving.save": {
        "stillflow.keras.saving.models": "load_model save_model",
    },
    "python.keras.saving.saved_model_experimental": {
        "stillflow.keras.saving.exports": (
            "_create_signature_def_map=signatures_of export_saved_model load_from_saved_model"
        ),
    },
    "python.keras.engine.training_arrays": {
        f"{_TRAINING}.array_loop": "model_iteration=iterate_arrays",
    },
    "python.keras.engine.training_generator": {
        f"{_TRAINING}.generating": "convert_to_generator_like=generator_like",
        f"{_TRAINING}.generator_loop": "model_iteration=iterate_generator",
    },
    "python.keras.engine.training_utils": {
        f"{_TRAINING}.aggregating": (
            "Aggregator ConcatAggregator MetricsAggregator OutputsAggregator SliceAggregator"
        ),
        f"{_TRAINING}.arrays": "standardize_input_data standardize_single_array",
        f"{_TRAINING}.batches": "batch_shuffle slice_arrays=rows_of",
        f"{_TRAINING}.data_checks": (
            "check_array_lengths check_generator_arguments=check_generator_alone "
            "check_loss_and_target_compatibility check_steps_argument=check_steps has_tensors "
            "validate_dataset_input=check_dataset_alone"
        ),
        f"{_TRAINING}.datasets": (
            "assert_not_batched=check_not_batched assert_not_shuffled=check_not_shuffled "
            "extract_tensors_from_dataset get_iterator initialize_iterator "
            "is_dataset_or_iterator unpack_iterator_input "
            "verify_dataset_shuffled=warn_unless_shuffled"
        ),
        f"{_TRAINING}.model_inputs": "ModelInputs",
        f"{_TRAINING}.output_metrics": ("call_metric_function get_metric_function=metric_function"),
        f"{_TRAINING}.per_output": (
            "prepare_loss_functions=loss_functions prepare_loss_weights=set_loss_weights "
            "prepare_sample_weight_modes=set_sample_weight_modes"
        ),
        f"{_TRAINING}.sample_weights": (
            "standardize_class_weights standardize_sample_or_class_weights=weights_of_outputs "
            "standardize_sample_weights standardize_weights"
        ),
        f"{_TRAINING}.validation": (
            "should_run_validation split_training_and_validation_data unpack_validation_data"
        ),
    },
    "python.keras.saving.model_config": {
        "stillflow.keras.saving.model_config": (
            "model_from_config model_from_json model_from_yaml"
        ),
    },
    "python.keras.saving.saving_utils": {
        "stillflow.keras.saving.exports": "extract_model_metrics",
        "stillflow.keras.saving.objects.signatures": (
            "model_input_signature raise_model_input_error trace_model_call"
        ),
        "stillflow.keras.saving.overwriting": "should_overwrite=may_write",
        "stillflow.keras.saving.training_config": (
            "compile_args_from_training_config model_metadata"
        ),
    },
    "python.keras.saving.saved_model.load": {
        "stillflow.keras.saving.saved_models": "load",
    },
    "python.keras.saving.saved_model.save": {
        "stillflow.keras.saving.objects.saving": "save=save_model_to_saved_model",
    },
    "python.keras.preprocessing.sequence": {
        "stillflow.keras.preprocessing.sequence": "_remove_long_seq=remove_long_sequences",
    },
    "python.keras.utils.data_utils": {
        "stillflow.keras.utils.files": (
            "_extract_archive=extract_archive _hash_file=hash_of_file get_file validate_file"
        ),
        "stillflow.keras.utils.enqueuers": (
            "GeneratorEnqueuer OrderedEnqueuer SequenceEnqueuer "
            "terminate_keras_multiprocessing_pools"
        ),
        "stillflow.keras.utils.sequences": (
            "Sequence is_generator_or_sequence iter_sequence_infinite=batches_without_end"
        ),
    },
    "python.keras.utils.generic_utils": {
        f"{_TRAINING}.batches": "make_batches slice_arrays",
        "stillflow.keras.utils.progbar": "Progbar",
        "stillflow.layers.custom_objects": "class_and_config_for_serialized_keras_object",
        "stillflow.layers.names": "to_snake_case",
        "stillflow.platform.decorators": "has_arg",
    },
    "python.keras.utils.io_utils": {
        "stillflow.keras.saving.overwriting": "ask_to_proceed_with_overwrite",
    },
    "python.keras.utils.kernelized_utils": {
        "stillflow.keras.utils.kernel_values": (
            "exact_gaussian_kernel exact_laplacian_kernel inner_product"
        ),
    },
    "python.keras.utils.multi_gpu_utils": {
        "stillflow.keras.utils.several_gpus": (
            "_get_available_devices=available_devices _normalize_device_name=short_name"
        ),
    },
    "python.keras.wrappers.scikit_learn": {
        "stillflow.keras.wrappers.scikit_learn": "BaseWrapper KerasClassifier KerasRegressor",
    },
    "python.keras.utils.mode_keys": {
        "stillflow.keras.utils.mode_keys": "ModeKeys",
    },
    "python.keras.utils.conv_utils": {
        "stillflow.keras.utils.kernels": (
            "conv_connected_inputs conv_kernel_idxs conv_kernel_mask conv_output_shape "
            "convert_kernel"
        ),
        "stillflow.layers.geometry": "deconv_output_length normalize_padding",
        "stillflow.layers.utils": (
            "conv_input_length conv_output_length convert_data_format normalize_data_format "
            "normalize_tuple"
        ),
    },
    "python.keras.utils.tf_utils": {
        "stillflow.declare.convert": "is_tensor_or_variable=is_tensor",
        "stillflow.graph.composite": "register_symbolic_tensor_type",
        "stillflow.keras.utils.nests": (
            "ListWrapper convert_inner_node_data convert_shapes map_structure_with_atomic "
            "shape_type_conversion"
        ),
        "stillflow.layers.symbolic": (
            "are_all_symbolic_tensors is_symbolic_tensor is_tensor_or_tensor_list"
        ),
        "stillflow.layers.reachable": "get_reachable_from_inputs=reachable_from",
        "stillflow.layers.utils": "constant_value smart_cond",
    },
    "python.keras.utils.layer_utils": {
        "stillflow.keras.utils.kernels": "convert_dense_weights_data_format",
        "stillflow.keras.engine.summary": "count_params print_summary",
        "stillflow.keras.utils.source_inputs": "get_source_inputs",
    },
    "python.keras.backend": {
        "stillflow.declare.constants": "_constant_to_tensor=constant_v2",
        "stillflow.declare.convert": "_to_tensor=convert_to_tensor _is_symbolic_tensor=is_tensor",
        "stillflow.graph": "dtypes_module=dtypes",
        "stillflow.layers.keras_graph": "get_graph",
        "stillflow.layers.default_session": (
            "_initialize_variables=initialize_variables get_default_session_config "
            "track_tf_optimizer track_variable"
        ),
        "stillflow.layers.learning_phase": "symbolic_learning_phase",
        "stillflow.layers.names": (
            "PER_GRAPH_OBJECT_NAME_UIDS=per_graph_uids "
            "get_default_graph_uid_map=default_graph_uids unique_object_name"
        ),
        "stillflow.ops.version2.arrays": "name_scope=name_scope_v2",
        f"{_BACKEND}.convolution": "depthwise_conv2d separable_conv1d",
        f"{_BACKEND}.formats": (
            "_get_available_gpus=get_available_gpus _get_current_tf_device=current_device "
            "_has_nchw_support=has_nchw_support "
            "_is_current_explicit_device=is_current_explicit_device "
            "_preprocess_padding=padding_of_op"
        ),
        f"{_BACKEND}.function": "GraphExecutionFunction cast_variables_to_tensor",
        f"{_BACKEND}.local_convolution": "local_conv",
        f"{_BACKEND}.reducing": "logsumexp",
        f"{_BACKEND}.tensors": "identity is_keras_tensor is_placeholder",
        f"{_BACKEND}.transposed": "conv3d_transpose",
        f"{_BACKEND}.variables": "freezable_variable",
    },
}
