"""What TensorFlow's internal modules hold besides what is recorded of them.

Names are written as in internal_names.json: "name internal=ours ...".
"""

from __future__ import annotations

from stillflow.environment import internal_estimator, internal_learn
from stillflow.environment.internal_columns import COLUMNS, Members
from stillflow.environment.internal_distribution import DISTRIBUTION
from stillflow.environment.internal_eager import EAGER
from stillflow.environment.internal_input import INPUT
from stillflow.environment.internal_keras import KERAS
from stillflow.environment.internal_objectives import OBJECTIVES

_IMAGES_V2: Members = {
    "compat.v2.image": (
        "ResizeMethod crop_and_resize_v2=crop_and_resize "
        "draw_bounding_boxes_v2=draw_bounding_boxes extract_glimpse_v2=extract_glimpse "
        "resize_image_with_pad_v2=resize_with_pad resize_images_v2=resize "
        "sample_distorted_bounding_box_v2=sample_distorted_bounding_box"
    ),
}

_EXPORT_OUTPUTS: Members = {
    "stillflow.interchange.saved_model.export_output": (
        "ClassificationOutput EvalOutput ExportOutput PredictOutput RegressionOutput TrainOutput"
    ),
}
_WRITER: Members = {
    "stillflow.interchange.saved_model.writer": "_SavedModelBuilder=SavedModelWriter",
}
_SUPERVISED: Members = {
    "stillflow.interchange.saved_model.inner_signatures": (
        "load_op_from_signature_def op_signature_def supervised_eval_signature_def "
        "supervised_train_signature_def"
    ),
}
_PARTS_OF_SAVED_MODELS: Members = {
    "stillflow.interchange.saved_model.folders": (
        "get_assets_dir get_or_create_assets_dir get_or_create_variables_dir get_variables_dir "
        "get_variables_path"
    ),
}
_EXPORTS: Members = {
    "stillflow.interchange.saved_model.export_folders": (
        "get_temp_export_dir get_timestamped_export_dir"
    ),
    "stillflow.interchange.saved_model.export_signatures": (
        "EXPORT_TAG_MAP SIGNATURE_KEY_MAP build_all_signature_defs export_outputs_for_mode "
        "get_export_outputs"
    ),
}

# TensorFlow has an object of its own for each of these; the public one takes the same calls.
# {internal module: {public module: names}}, or {internal module: public module}.
EQUIVALENT: dict[str, Members | str] = {
    "contrib.predictor.predictor_factories": "contrib.predictor",
    "contrib.distributions.python.ops.bijectors": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.absolute_value": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.affine": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.affine_linear_operator": (
        "contrib.distributions.bijectors"
    ),
    "contrib.distributions.python.ops.bijectors.affine_scalar": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.chain": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.exp": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.gumbel": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.inline": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.invert": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.permute": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.power_transform": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.reshape": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.sigmoid": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.softplus": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.cholesky_outer_product": (
        "contrib.distributions.bijectors"
    ),
    "contrib.distributions.python.ops.bijectors.conditional_bijector": (
        "contrib.distributions.bijectors"
    ),
    "contrib.distributions.python.ops.bijectors.fill_triangular": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.kumaraswamy": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.batch_normalization": (
        "contrib.distributions.bijectors"
    ),
    "contrib.distributions.python.ops.bijectors.real_nvp": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.matrix_inverse_tril": (
        "contrib.distributions.bijectors"
    ),
    "contrib.distributions.python.ops.bijectors.ordered": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.scale_tril": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.sinh_arcsinh": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.softmax_centered": (
        "contrib.distributions.bijectors"
    ),
    "contrib.distributions.python.ops.bijectors.softsign": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.square": "contrib.distributions.bijectors",
    "contrib.distributions.python.ops.bijectors.transform_diagonal": (
        "contrib.distributions.bijectors"
    ),
    "contrib.eager.python.metrics": "contrib.eager.metrics",
    "contrib.eager.python.metrics_impl": "contrib.eager.metrics",
    "contrib.eager.python.tfe": "contrib.eager",
    "contrib.learn.python.learn.datasets.mnist": "contrib.learn.datasets.mnist",
    "contrib.learn.python.learn.monitored_session": {
        "train": (
            "ChiefSessionCreator MonitoredSession Scaffold SessionCreator WorkerSessionCreator"
        ),
    },
    "contrib.slim.python.slim.nets": {},
    "python.framework.common_shapes": {
        "": "broadcast_shape=broadcast_static_shape",
    },
    "python.framework.ops": {
        "": "colocate_with",
    },
    "python.framework.test_ops": {},
    "python.framework.type_spec": {
        "": "BatchableTypeSpec=TypeSpec",
    },
    "python.framework.versions": {
        "": "COMPILER_VERSION GIT_VERSION GRAPH_DEF_VERSION VERSION",
    },
    "python.lib.io.file_io": {
        "gfile": "FileIO=GFile",
    },
    "python.ops.array_ops": {
        "": "constant listdiff=setdiff1d newaxis",
    },
    "python.ops.image_ops": _IMAGES_V2,
    "python.ops.image_ops_impl": _IMAGES_V2,
    "python.ops.linalg_ops": {
        "": "eye",
    },
    "python.ops.linalg_ops_impl": {
        "": "eye",
    },
    "python.ops.math_ops": {
        "": (
            "_mul_dispatch=multiply reduce_all reduce_any reduce_logsumexp reduce_max "
            "reduce_mean reduce_min reduce_prod reduce_sum sparse_matmul"
        ),
    },
    "python.ops.nn": {
        "nn": "softmax_cross_entropy_with_logits_v2",
    },
    "python.ops.nn_ops": {
        "nn": "softmax_cross_entropy_with_logits_v2",
    },
    "python.ops.standard_ops": {
        "": "constant",
    },
    "python.platform.test": {
        "test": "mock",
    },
}

# Modules that are ours as a whole, so that a program can set what they hold.
WHOLE: Members = {
    **internal_learn.WHOLE,
    "contrib.layers.python.layers.utils": "stillflow.api.contrib.slim.utils",
    "contrib.losses.python.losses.loss_ops": "stillflow.api.contrib.losses",
    "contrib.slim.python.slim.evaluation": "stillflow.api.contrib.slim.evaluation",
    "contrib.slim.python.slim.data.data_decoder": "stillflow.input.slim.data_decoder",
    "contrib.slim.python.slim.data.data_provider": "stillflow.input.slim.data_provider",
    "contrib.slim.python.slim.data.dataset": "stillflow.input.slim.dataset",
    "contrib.slim.python.slim.data.dataset_data_provider": (
        "stillflow.input.slim.dataset_data_provider"
    ),
    "contrib.slim.python.slim.data.parallel_reader": "stillflow.input.slim.parallel_reader",
    "contrib.slim.python.slim.data.prefetch_queue": "stillflow.input.slim.prefetch_queue",
    "contrib.slim.python.slim.data.tfexample_decoder": "stillflow.input.slim.tfexample_decoder",
    "contrib.slim.python.slim.learning": "stillflow.api.contrib.slim.learning",
    "contrib.slim.python.slim.model_analyzer": "stillflow.api.contrib.slim.model_analyzer",
    "contrib.slim.python.slim.nets.alexnet": "stillflow.layers.slim.nets.alexnet",
    "contrib.slim.python.slim.nets.inception": "stillflow.layers.slim.nets.inception",
    "contrib.slim.python.slim.nets.inception_v1": "stillflow.layers.slim.nets.inception_v1",
    "contrib.slim.python.slim.nets.inception_v2": "stillflow.layers.slim.nets.inception_v2",
    "contrib.slim.python.slim.nets.inception_v3": "stillflow.layers.slim.nets.inception_v3",
    "contrib.slim.python.slim.nets.overfeat": "stillflow.layers.slim.nets.overfeat",
    "contrib.slim.python.slim.nets.resnet_utils": "stillflow.layers.slim.nets.resnet_utils",
    "contrib.slim.python.slim.nets.resnet_v1": "stillflow.layers.slim.nets.resnet_v1",
    "contrib.slim.python.slim.nets.resnet_v2": "stillflow.layers.slim.nets.resnet_v2",
    "contrib.slim.python.slim.nets.vgg": "stillflow.layers.slim.nets.vgg",
    "contrib.slim.python.slim.summaries": "stillflow.api.contrib.slim.summaries",
    "contrib.summary.summary": "stillflow.api.contrib.summary",
    "contrib.training.python.training.training": "stillflow.api.contrib.training",
    "python.framework.test_ops": "stillflow.testing.op_types",
    "python.client.timeline": "stillflow.events.timeline",
    "python.summary.plugin_asset": "stillflow.events.plugin_assets",
    "python.training.tensorboard_logging": "stillflow.events.tensorboard_logging",
    "python.layers.utils": "stillflow.layers.utils",
    "python.compat.compat": "stillflow.platform.forward_compatibility",
    "python.platform.tf_logging": "stillflow.platform.logging",
    "python.profiler.model_analyzer": "stillflow.profiler.profiling",
    "python.profiler.option_builder": "stillflow.profiler.options",
    "python.profiler.profile_context": "stillflow.monitored.profile_context",
    "python.profiler.tfprof_logger": "stillflow.profiler.logging_ops",
    "python.util.deprecation": "stillflow.platform.deprecation",
    "python.util.keyword_args": "stillflow.platform.keyword_args",
}


# Classes that libraries name while they are imported, and Stillflow lacks.
DEFERRED: Members = {
    "python.tpu.topology": "Topology",
    "python.debug": "DumpingDebugHook DumpingDebugWrapperSession LocalCLIDebugHook "
    "LocalCLIDebugWrapperSession",
    "python.autograph.pyct.transformer": "Base",
}

# What TensorFlow never made public and Stillflow has: {internal module: {module of ours: names}}.
OWN: dict[str, Members] = {
    "contrib.opt.python.training.sign_decay": {
        "stillflow.train.contrib.signs": (
            "get_cosine_decay_fn get_linear_decay_fn get_restart_decay_fn"
        ),
    },
    "contrib.quantize.python.fold_batch_norms": {
        "stillflow.layers.quantize.rewriting": "FoldBatchNorms=fold_batch_norms",
    },
    "contrib.predictor.contrib_estimator_predictor": {
        "stillflow.predictor.estimator_predictors": "ContribEstimatorPredictor",
    },
    "contrib.predictor.core_estimator_predictor": {
        "stillflow.predictor.estimator_predictors": "CoreEstimatorPredictor",
    },
    "contrib.predictor.predictor": {
        "stillflow.predictor.predictor": "Predictor",
    },
    "contrib.predictor.saved_model_predictor": {
        "stillflow.predictor.saved_model_predictor": (
            "DEFAULT_TAGS SavedModelPredictor get_meta_graph_def"
        ),
    },
    **internal_estimator.OWN,
    **internal_learn.OWN,
    "contrib.distributions.python.ops.bijectors.weibull": {
        "stillflow.distributions.bijectors.curves": "Weibull",
    },
    "contrib.distributions.python.ops.distribution_util": {
        "stillflow.distributions.mixture": "mixture_stddev pad_mixture_dimensions",
        "stillflow.distributions.moving_axes": "move_dimension",
        "stillflow.distributions.scales": (
            "is_diagonal_scale make_diag_scale make_tril_scale shapes_from_loc_and_scale"
        ),
        "stillflow.distributions.shapes": (
            "get_broadcast_shape=broadcast_shape pick_vector prefer_static_broadcast_shape "
            "prefer_static_rank prefer_static_shape prefer_static_value"
        ),
        "stillflow.distributions.weighing": "pad process_quadrature_grid_and_probs",
    },
    **COLUMNS,
    **INPUT,
    **DISTRIBUTION,
    **KERAS,
    **OBJECTIVES,
    **EAGER,
    "contrib.distributions.python.ops.mvn_linear_operator": {
        "stillflow.distributions.multivariate_normal": "MultivariateNormalLinearOperator",
    },
    "contrib.distributions.python.ops.vector_exponential_linear_operator": {
        "stillflow.distributions.vector_scaled": "VectorExponentialLinearOperator",
    },
    "contrib.distributions.python.ops.vector_laplace_linear_operator": {
        "stillflow.distributions.vector_scaled": "VectorLaplaceLinearOperator",
    },
    "contrib.framework.python.ops.audio_ops": {
        "stillflow.ops.io.wav": "decode_wav encode_wav",
        "stillflow.ops.signal.speech": "audio_spectrogram mfcc",
    },
    "contrib.losses.python.metric_learning": {
        "stillflow.ops.losses.metric_learning": (
            "contrastive_loss lifted_struct_loss npairs_loss triplet_semihard_loss"
        ),
    },
    "contrib.losses.python.metric_learning.metric_loss_ops": {
        "stillflow.ops.losses.metric_learning": (
            "contrastive_loss lifted_struct_loss npairs_loss pairwise_distance "
            "triplet_semihard_loss"
        ),
    },
    "contrib.metrics.python.ops.metric_ops": {
        "stillflow.ops.metrics.exact": "_next_array_size=next_array_size",
    },
    "contrib.seq2seq.python.ops.attention_wrapper": {
        "stillflow.keras.layers.attention_mechanisms.attention": (
            "BahdanauAttentionV2 LuongAttentionV2"
        ),
        "stillflow.keras.layers.attention_mechanisms.mechanism": (
            "_BaseAttentionMechanismV2=BaseAttentionMechanismV2"
        ),
        "stillflow.keras.layers.attention_mechanisms.monotonic": (
            "BahdanauMonotonicAttentionV2 LuongMonotonicAttentionV2 "
            "_BaseMonotonicAttentionMechanismV2=BaseMonotonicAttentionMechanismV2"
        ),
        "stillflow.layers.seq2seq.attention": (
            "_bahdanau_score=bahdanau_score _luong_score=luong_score"
        ),
        "stillflow.layers.seq2seq.mechanisms": (
            "_BaseAttentionMechanism=BaseAttentionMechanism _maybe_mask_score=masked_score "
            "_prepare_memory=prepared"
        ),
        "stillflow.layers.seq2seq.monotonic": (
            "_BaseMonotonicAttentionMechanism=BaseMonotonicAttentionMechanism "
            "_monotonic_probability_fn=monotonic_probability"
        ),
        "stillflow.layers.seq2seq.wrapper": "_compute_attention=attended",
    },
    "contrib.seq2seq.python.ops.basic_decoder": {
        "stillflow.layers.seq2seq.decoding_layers": "BasicDecoderV2",
    },
    "contrib.seq2seq.python.ops.beam_search_decoder": {
        "stillflow.layers.seq2seq.beam_decoders": "BeamSearchDecoderV2",
        "stillflow.layers.seq2seq.beam_search": "BeamSearchDecoderMixin=BeamSearch",
        "stillflow.layers.seq2seq.beams": (
            "_check_batch_beam=assert_beams _check_static_batch_beam_maybe=may_have_beams "
            "gather_tree_from_array"
        ),
        "stillflow.layers.seq2seq.beam_step": (
            "_beam_search_step=beam_search_step _get_scores=scores_of "
            "_length_penalty=length_penalty _mask_probs=masked_probs "
            "get_attention_probs=attention_probs"
        ),
    },
    "contrib.seq2seq.python.ops.decoder": {
        "stillflow.layers.recurrent.dynamic": "_transpose_batch_time=transpose_batch_time",
        "stillflow.layers.seq2seq.decoding": "BaseDecoder",
    },
    "contrib.seq2seq.python.ops.helper": {
        "stillflow.layers.recurrent.dynamic": "_transpose_batch_time=transpose_batch_time",
        "stillflow.layers.seq2seq.helpers": "_unstack_ta=unstacked",
        "stillflow.layers.seq2seq.sampling": "bernoulli_sample categorical_sample",
    },
    "contrib.seq2seq.python.ops.sampler": {
        "stillflow.layers.seq2seq.sampling": "bernoulli_sample categorical_sample",
        "stillflow.layers.seq2seq.samplers": (
            "CustomSampler GreedyEmbeddingSampler InferenceSampler SampleEmbeddingSampler Sampler "
            "ScheduledEmbeddingTrainingSampler ScheduledOutputTrainingSampler TrainingSampler"
        ),
    },
    "contrib.seq2seq.python.ops.loss": {
        "stillflow.layers.seq2seq.loss": "SequenceLoss",
    },
    "contrib.cudnn_rnn.python.ops.cudnn_rnn_ops": {
        "stillflow.layers.cudnn.conversion": (
            "CudnnParamsFormatConverter CudnnParamsFormatConverterBasic"
        ),
        "stillflow.layers.cudnn.functions": (
            "cudnn_gru cudnn_lstm cudnn_rnn_canonical_to_opaque_params "
            "cudnn_rnn_opaque_params_size cudnn_rnn_opaque_params_to_canonical cudnn_rnn_relu "
            "cudnn_rnn_tanh _cudnn_rnn=run _cudnn_rnn_no_input_c=without_c"
        ),
        "stillflow.layers.cudnn.models": "CudnnGRU CudnnLSTM CudnnRNNRelu CudnnRNNTanh",
        "stillflow.layers.cudnn.modes": (
            "CUDNN_GRU=GRU CUDNN_GRU_PARAMS_PER_LAYER=GRU_PARAMS "
            "CUDNN_INPUT_AUTO_MODE=AUTO_INPUT CUDNN_INPUT_LINEAR_MODE=LINEAR_INPUT "
            "CUDNN_INPUT_SKIP_MODE=SKIP_INPUT CUDNN_LSTM=LSTM "
            "CUDNN_LSTM_PARAMS_PER_LAYER=LSTM_PARAMS CUDNN_RNN_BIDIRECTION=BIDIRECTION "
            "CUDNN_RNN_RELU=RNN_RELU CUDNN_RNN_RELU_PARAMS_PER_LAYER=RNN_RELU_PARAMS "
            "CUDNN_RNN_TANH=RNN_TANH CUDNN_RNN_TANH_PARAMS_PER_LAYER=RNN_TANH_PARAMS "
            "CUDNN_RNN_UNIDIRECTION=UNIDIRECTION check_direction check_input_mode"
        ),
        "stillflow.layers.cudnn.saveables": "CudnnOpaqueParamsSaveable",
    },
    "contrib.distributions.python.ops.bijectors.masked_autoregressive": {
        "stillflow.distributions.bijectors.masked": (
            "MaskedAutoregressiveFlow _gen_mask=make_mask _gen_slices=mask_slices "
            "masked_autoregressive_default_template masked_dense"
        ),
    },
    "contrib.factorization.python.ops.clustering_ops": {
        "stillflow.learn.factorization.clustering": (
            "CLUSTERS_VAR_NAME COSINE_DISTANCE KMC2_INIT KMEANS_PLUS_PLUS_INIT RANDOM_INIT "
            "SQUARED_EUCLIDEAN_DISTANCE"
        ),
    },
    "contrib.factorization.python.ops.kmeans": {
        "stillflow.learn.factorization.kmeans": "_parse_features_if_necessary=points_of",
    },
    "contrib.layers.python.layers.layers": {
        "stillflow.layers.contrib.arranging": "_inner_flatten=inner_flatten poincare_normalize",
        "stillflow.layers.contrib.pooling": "pool",
    },
    "contrib.rnn.python.ops.core_rnn_cell": {
        "stillflow.layers.recurrent.cell": "_BIAS_VARIABLE_NAME=BIAS _WEIGHTS_VARIABLE_NAME=KERNEL",
        "stillflow.layers.recurrent.linear": "_Linear=Linear _linear=linear",
    },
    "contrib.rnn.python.ops.lstm_ops": {
        "stillflow.layers.recurrent.block": "_block_lstm=block_lstm_over_list",
    },
    "contrib.rnn.python.ops.rnn_cell": {
        "stillflow.layers.recurrent.gated": "CFNCell MinimalRNNCell",
        "stillflow.layers.recurrent.linear": "_Linear=Linear",
        "stillflow.layers.recurrent.normalized": "LayerNormLSTMCell",
        "stillflow.layers.recurrent.weight_norm": "WeightNormLSTMCell",
    },
    "contrib.layers.python.layers.optimizers": {
        "stillflow.layers.contrib.clipping": "adaptive_clipping_fn",
        "stillflow.layers.contrib.optimizing": "OPTIMIZER_CLS_NAMES OPTIMIZER_SUMMARIES",
    },
    "contrib.layers.python.layers.summaries": {
        "stillflow.layers.contrib.summarizing": (
            "summarize_biases summarize_variables summarize_weights"
        ),
    },
    "python.client.device_lib": {
        "stillflow.runtime.local_devices": "list_local_devices",
    },
    "python.client.session": {
        "stillflow.runtime.conversions": "register_session_run_conversion_functions",
        "stillflow.runtime.session": "BaseSession",
    },
    "python.framework.auto_control_deps": {
        "stillflow.ops.control.effects": "AutomaticControlDependencies",
    },
    "python.framework.func_graph": {
        "stillflow.functions.func_graph": "FuncGraph",
        "stillflow.ops.functions.body": "_EAGER_CONST_THRESHOLD=MOST_IN_CONSTANT",
        "stillflow.functions.tracing": "UnknownArgument func_graph_from_py_func",
    },
    "python.framework.composite_tensor": {
        "stillflow.graph.composite": "CompositeTensor",
    },
    "python.framework.device": {
        "stillflow.graph.device": "canonical_name check_valid is_device_spec merge_device",
    },
    "python.framework.function": {
        "stillflow.interchange.functions": "_from_definition=from_definition from_library",
        "stillflow.ops.functions.body": "_FuncGraph=FuncGraph",
        "stillflow.ops.functions.defined": "_DefinedFunction=DefinedFunction",
        "stillflow.ops.functions.defun": (
            "Defun _OverloadedFunction=OverloadedFunction get_extra_args get_extra_inputs "
            "get_extra_vars"
        ),
    },
    "python.framework.meta_graph": {
        "stillflow.interchange.meta_graph": (
            "import_scoped_meta_graph import_scoped_meta_graph_with_return_elements"
        ),
        "stillflow.interchange.scoped_meta_graph": (
            "copy_scoped_meta_graph export_scoped_meta_graph"
        ),
        "stillflow.train.meta_graph": (
            "create_meta_graph_def ops_used_by_graph_def stripped_op_list_for_graph"
        ),
    },
    "python.framework.constant_op": {
        "stillflow.declare.constants": "constant=constant_v2",
    },
    "python.training.experimental.loss_scale": {
        "stillflow.train.loss_scaling.loss_scale": "get=as_loss_scale",
    },
    "python.framework.ops": {
        "stillflow.profiler.statistics": "OpStats RegisterStatistics get_stats_for_node_def",
        "stillflow.tracking.trackable": "uid=new_uid",
        "stillflow.graph.tensor_like": "_TensorLike=TensorLike _as_graph_element=stood_for",
        "stillflow.declare.convert": (
            "convert_n_to_tensor internal_convert_n_to_tensor=convert_n_to_tensor "
            "internal_convert_to_tensor=to_tensor is_dense_tensor_like "
            "register_dense_tensor_like_type"
        ),
        "stillflow.graph.collection_protos": (
            "get_collection_proto_type get_from_proto_function get_to_proto_function "
            "register_proto_function"
        ),
        "stillflow.gradients.registered": "get_gradient_function=rule_of",
        "stillflow.gradients.registry": "_gradient_registry=REGISTRY",
        "stillflow.graph.context": (
            "executing_eagerly_outside_functions has_default_graph inside_function"
        ),
        "stillflow.interchange.creating": "_NodeDef=node_def",
        "stillflow.graph.eager_tensor": "EagerTensor",
        "stillflow.graph.names": (
            "name_from_scope_name=strip_scope_slash prepend_name_scope strip_name_scope"
        ),
        "stillflow.graph.scopes": ("_get_graph_from_inputs=get_graph_from_inputs get_name_scope"),
    },
    "python.framework.test_util": {
        "stillflow.testing.decorators": (
            "GpuSupportsHalfMatMulAndConv=is_absent IsGoogleCudaEnabled=is_absent "
            "IsMklEnabled=is_absent NCHWToNHWC NHWCToNCHW assert_ops_in_graph "
            "deprecated_graph_mode_only device disable_control_flow_v2 disable_xla force_cpu "
            "force_gpu is_xla_enabled=is_absent no_xla_auto_jit run_cuda_only run_deprecated_v1 "
            "run_gpu_only run_v1_only run_v2_only skip_if use_gpu xla_allow_fallback"
        ),
        "stillflow.testing.graph_defs": "assert_equal_graph_def",
    },
    "python.framework.subscribe": {
        "stillflow.graph_editor.subscribing": (
            "_is_subscribed_identity=is_subscribed_identity subscribe"
        ),
    },
    "python.framework.tensor_shape": {
        "stillflow.api._below": "unknown_shape",
        "stillflow.graph.tensor_shape": "as_dimension as_shape matrix scalar vector",
    },
    "python.framework.tensor_util": {
        "stillflow.api._below": "constant_value_as_shape",
    },
    "python.framework.type_spec": {
        "stillflow.graph.type_spec": (
            "register_type_spec_from_value_converter type_spec_from_value"
        ),
    },
    "python.lib.io.file_io": {
        "stillflow.platform.whole_files": (
            "atomic_write_string_to_file read_file_to_string write_string_to_file"
        ),
    },
    "python.ops.parsing_ops": {
        "stillflow.ops.parsing.raw": "decode_raw=decode_raw_v2",
    },
    "python.ops.confusion_matrix": {
        "stillflow.ops.math.confusion": "remove_squeezable_dimensions",
    },
    "python.ops.array_ops": {
        "stillflow.ops.array.inplace": (
            "alias_inplace_add alias_inplace_sub alias_inplace_update deep_copy=deep_copy_op "
            "empty_like inplace_add inplace_sub inplace_update"
        ),
        "stillflow.ops.array.shape_of": "rank_internal shape_internal size_internal",
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
    "contrib.image.python.ops.dense_image_warp": {
        "stillflow.ops.image.warping": "_interpolate_bilinear=interpolate_bilinear",
    },
    "contrib.image.python.ops.sparse_image_warp": {
        "stillflow.ops.image.warping": (
            "_get_boundary_locations=boundary_locations _get_grid_locations=grid_locations"
        ),
    },
    "contrib.layers.python.ops.sparse_ops": {
        "stillflow.layers.contrib.sparse_embedding": "dense_to_sparse_tensor",
    },
    "python.framework.sparse_tensor": {
        "stillflow.ops.sparse.sparse_tensor": "is_sparse",
    },
    "python.ops.embedding_ops": {
        "stillflow.ops.nn.sparse_embedding": (
            "embedding_lookup_sparse_v2 safe_embedding_lookup_sparse_v2"
        ),
    },
    "python.ops.ragged.ragged_array_ops": {
        "stillflow.ops.ragged.arranging": "expand_dims",
    },
    "python.ops.ragged.ragged_concat_ops": {
        "stillflow.ops.ragged.joining": "concat",
    },
    "python.ops.ragged.ragged_math_ops": {
        "stillflow.ops.ragged.reducing": (
            "reduce_all reduce_any reduce_max reduce_mean reduce_min reduce_prod reduce_sum"
        ),
    },
    "python.ops.ragged.ragged_gather_ops": {
        "stillflow.ops.ragged.arranging": "gather",
    },
    "python.ops.ragged.ragged_string_ops": {
        "stillflow.ops.strings.splitting": "string_split_v2=strings_split_v2",
    },
    "python.ops.ragged.ragged_tensor": {
        "stillflow.ops.ragged.ragged_tensor": "convert_to_tensor_or_ragged_tensor is_ragged",
    },
    "python.ops.string_ops": {
        "stillflow.ops.strings.joining": "reduce_join_v2",
        "stillflow.ops.strings.parts": "string_length_v2 substr_v2",
        "stillflow.ops.strings.splitting": "string_split_v2=sparse_split_v2",
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
    "python.ops.ctc_ops": {
        "stillflow.layers.ctc.dense": "ctc_loss_dense",
        "stillflow.ops.ctc.forward_backward": (
            "_state_to_olabel=classes_of _state_to_olabel_unique=classes_of_unique "
            "_sum_states=sum_states ctc_loss_and_grad=loss_and_gradient"
        ),
        "stillflow.ops.ctc.labels": "dense_labels_to_sparse",
        "stillflow.ops.ctc.scanning": "_scan=scan",
    },
    "python.ops.functional_ops": {
        "stillflow.ops.functions.functional": "Gradient=gradient If=if_",
        "stillflow.ops.functions.looping": "For=for_ While=while_",
        "stillflow.ops.functions.partitioned": "partitioned_call",
    },
    "python.ops.gradients_impl": {
        "stillflow.gradients.hessians": "_hessian_vector_product=hessian_vector_product",
    },
    "python.ops.inplace_ops": {
        "stillflow.ops.array.inplace": (
            "alias_inplace_add alias_inplace_sub alias_inplace_update empty_like inplace_add "
            "inplace_sub inplace_update"
        ),
    },
    "python.ops.init_ops": {
        "stillflow.ops.variables.initializers": "Initializer _compute_fans=fans",
        "stillflow.ops.variables.orthogonal_kernels": (
            "ConvolutionDeltaOrthogonal ConvolutionOrthogonal ConvolutionOrthogonal1D "
            "ConvolutionOrthogonal2D ConvolutionOrthogonal3D"
        ),
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
    "python.ops.nn_ops": {
        "stillflow.ops.nn.any_rank": "Convolution",
        "stillflow.ops.nn.fractional": "fractional_avg_pool_v2 fractional_max_pool_v2",
    },
    "python.ops.nn_impl": {
        "stillflow.ops.sampling.losses": (
            "_compute_sampled_logits=sampled_logits nce_loss_v2 sampled_softmax_loss_v2"
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
    "python.ops.state_ops": {
        "stillflow.ops.variables.state": "variable_op variable_op_v2",
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
    "python.module.module": {
        "stillflow.ops.variables.module": "_is_module=is_module _is_variable=is_variable",
    },
    "python.ops.summary_ops_v2": {
        "stillflow.train.recording.conditions": "get_step record_if set_step",
        "stillflow.train.recording.version_2": "summary_scope write write_raw_pb",
        "stillflow.train.recording.writers": (
            "NoopSummaryWriter ResourceSummaryWriter create_file_writer_v2 create_noop_writer"
        ),
    },
    "python.ops.resource_variable_ops": {
        "stillflow.ops.variables.kinds": "is_resource_variable",
        "stillflow.ops.variables.resource": "variable_shape",
        "stillflow.ops.variables.resource_variable": (
            "BaseResourceVariable ResourceVariable _UnreadVariable=UnreadVariable"
        ),
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
    "python.platform.googletest": {
        "absl.testing.absltest": "main TestCase",
    },
    "python.pywrap_tensorflow": {
        "stillflow.declare.static": "TF_TryEvaluateConstant_wrapper=evaluated",
        "stillflow.eager.by_name": "TFE_Py_FastPathExecute=fast_path_execute",
    },
    "python.saved_model.builder": _WRITER,
    "python.saved_model.builder_impl": _WRITER,
    "python.saved_model.model_utils": {**_EXPORT_OUTPUTS, **_EXPORTS},
    "python.saved_model.model_utils.export_output": {
        **_EXPORT_OUTPUTS,
        "stillflow.interchange.saved_model.export_output": (
            "ClassificationOutput EvalOutput ExportOutput PredictOutput RegressionOutput "
            "TrainOutput _SupervisedOutput"
        ),
    },
    "python.saved_model.model_utils.export_utils": {
        **_EXPORTS,
        "stillflow.interchange.saved_model.export_signatures": (
            "EXPORT_TAG_MAP SIGNATURE_KEY_MAP SINGLE_FEATURE_DEFAULT_NAME "
            "SINGLE_LABEL_DEFAULT_NAME SINGLE_RECEIVER_DEFAULT_NAME build_all_signature_defs "
            "export_outputs_for_mode get_export_outputs"
        ),
    },
    "python.saved_model.model_utils.mode_keys": {
        "stillflow.interchange.saved_model.export_modes": (
            "EstimatorModeKeys KerasModeKeys ModeKeyMap is_eval is_predict is_train"
        ),
    },
    "python.saved_model.load": {
        "stillflow.interchange.saved_model.objects.loading": "load=load_objects",
    },
    "python.saved_model.save": {
        "stillflow.interchange.saved_model.objects.saving": "save",
    },
    "python.saved_model.nested_structure_coder": {
        "stillflow.interchange.saved_model.structures": "NotEncodableError StructureCoder",
    },
    "python.saved_model.signature_constants": {
        "stillflow.interchange.saved_model.inner_signatures": (
            "SUPERVISED_EVAL_METHOD_NAME SUPERVISED_TRAIN_METHOD_NAME"
        ),
        "stillflow.interchange.saved_model.names": (
            "DEFAULT_EVAL_SIGNATURE_DEF_KEY=EVALUATION DEFAULT_TRAIN_SIGNATURE_DEF_KEY=TRAINING"
        ),
    },
    "python.saved_model.constants": {
        "stillflow.interchange.saved_model.names": (
            "EXTRA_ASSETS_DIRECTORY INIT_OP_SIGNATURE_KEY TRAIN_OP_KEY TRAIN_OP_SIGNATURE_KEY"
        ),
    },
    "python.saved_model.loader_impl": {
        "stillflow.interchange.saved_model.loader": (
            "_parse_saved_model=read_saved_model parse_saved_model=read_saved_model"
        ),
        "stillflow.interchange.saved_model.main_op": (
            "_get_main_op_tensor=op_of_collection get_init_op=loaded_main_op "
            "get_train_op=loaded_train_op"
        ),
        "stillflow.interchange.saved_model.stepwise": "SavedModelLoader",
    },
    "python.saved_model.signature_def_utils": _SUPERVISED,
    "python.saved_model.signature_def_utils_impl": _SUPERVISED,
    "python.saved_model.tag_constants": {
        "stillflow.interchange.saved_model.names": "EVAL=EVALUATION",
    },
    "python.saved_model.utils": {
        **_PARTS_OF_SAVED_MODELS,
        "stillflow.interchange.saved_model.inner_signatures": (
            "build_tensor_info_from_op get_element_from_tensor_info"
        ),
    },
    "python.saved_model.utils_impl": {
        **_PARTS_OF_SAVED_MODELS,
        "stillflow.interchange.saved_model.inner_signatures": (
            "build_tensor_info_from_op get_element_from_tensor_info"
        ),
    },
    "python.summary.writer.writer": {
        "stillflow.events.plugin_assets": "_PLUGINS_DIR=PLUGINS_DIR",
    },
    "python.tf2": {
        "stillflow.graph.behavior": "enabled=is_at_2",
    },
    "python.tools.freeze_graph": {
        "stillflow.interchange.freeze_graph": "freeze_graph freeze_graph_with_def_protos",
    },
    "python.tools.optimize_for_inference_lib": {
        "stillflow.interchange.inference_graphs": (
            "EPSILON_ATTR INPUT_ORDER ensure_graph_is_valid fold_batch_norms node_from_map "
            "node_name_from_input optimize_for_inference values_from_const"
        ),
    },
    "python.tools.saved_model_cli": {
        "stillflow.interchange.saved_model.command": (
            "create_parser main run run_saved_model_with_feed_dict scan show"
        ),
        "stillflow.interchange.saved_model.given_inputs": (
            "load_inputs_from_input_arg_string preprocess_input_examples_arg_string "
            "preprocess_input_exprs_arg_string preprocess_inputs_arg_string"
        ),
        "stillflow.interchange.saved_model.loader": "get_meta_graph_def",
        "stillflow.interchange.saved_model.showing": (
            "_print_tensor_info=show_tensor get_signature_def_map scan_meta_graph_def"
        ),
    },
    "python.tools.saved_model_utils": {
        "stillflow.interchange.saved_model.loader": (
            "get_meta_graph_def get_saved_model_tag_sets read_saved_model"
        ),
    },
    "python.tools.strip_unused_lib": {
        "stillflow.interchange.stripping": "strip_unused strip_unused_from_files",
    },
    "python.tools.inspect_checkpoint": {
        "stillflow.checkpoint.printing": "print_tensors_in_checkpoint_file",
    },
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
    "python.training.evaluation": {
        "stillflow.monitored.evaluating": (
            "_evaluate_once=evaluate_once _get_or_create_eval_step=get_or_create_eval_step "
            "_StopAfterNEvalsHook=StopAfterNEvalsHook"
        ),
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
    "python.training.saving.functional_saver": {
        "stillflow.train.objects.nodes": "MultiDeviceSaver",
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
    "python.training.warm_starting_util": {
        "stillflow.train.warm_start_one": (
            "_get_var_info=var_info _infer_var_name=name_of "
            "_warm_start_var_with_vocab=warm_start_var_with_vocab"
        ),
    },
    "python.training.training_util": {
        "stillflow.train.training_util": (
            "_get_or_create_global_step_read=get_or_create_global_step_read "
            "_increment_global_step=increment_global_step"
        ),
    },
    "python.training.supervisor": {
        "stillflow.monitored.supervisor": (
            "SVStepCounterThread SVSummaryThread SVTimerCheckpointThread"
        ),
    },
    "python.tpu.tpu_function": {
        "stillflow.train.distributing.tpu_context": "get_tpu_context",
    },
    "python.training.device_setter": {
        "stillflow.train.distributing.device_setter": (
            "STANDARD_PS_OPS _RoundRobinStrategy=RoundRobinStrategy"
        ),
    },
    "python.util.all_util": {
        "stillflow.platform.documented": "make_all remove_undocumented",
    },
    "python.util.compat_internal": {"stillflow.graph.text": "path_to_str"},
    "python.util.compat": {
        "collections": "collections_abc=abc",
    },
    "python.util.function_utils": {
        "stillflow.platform.decorators": "fn_args get_func_code get_func_name has_kwargs",
    },
    "python.util.lazy_loader": {
        "stillflow.platform.lazy_loading": "LazyLoader",
    },
    "python.util.object_identity": {
        "stillflow.platform.object_identity": (
            "ObjectIdentityDictionary ObjectIdentitySet ObjectIdentityWeakKeyDictionary "
            "ObjectIdentityWeakSet Reference _ObjectIdentityWrapper=IdentityWrapper "
            "_WeakObjectIdentityWrapper=WeakIdentityWrapper"
        ),
    },
    "python.util.nest": {
        "stillflow.graph.nest": (
            "flatten_dict_items flatten_with_joined_string_paths "
            "flatten_with_tuple_paths _is_attrs _is_namedtuple=is_namedtuple is_sequence "
            "map_structure_with_paths "
            "map_structure_with_tuple_paths yield_flat_paths"
        ),
        "stillflow.graph.nest_above": (
            "assert_shallow_structure flatten_up_to flatten_with_tuple_paths_up_to "
            "get_traverse_shallow_structure map_structure_up_to "
            "map_structure_with_tuple_paths_up_to _SHALLOW_TREE_HAS_INVALID_KEYS=KEYS_ABSENT "
            "_STRUCTURES_HAVE_MISMATCHING_TYPES=OTHER_TYPE "
            "_STRUCTURES_HAVE_MISMATCHING_LENGTHS=OTHER_LENGTH "
            "_INPUT_TREE_SMALLER_THAN_SHALLOW_TREE=TOO_FEW "
            "_IF_SHALLOW_IS_SEQ_INPUT_MUST_BE_SEQ=NO_SEQUENCE"
        ),
    },
    "python.util.tf_contextlib": {
        "stillflow.platform.decorators": "contextmanager",
    },
    "python.util.tf_decorator": {
        "stillflow.platform.decorators": "make_decorator TFDecorator unwrap",
    },
    "python.util.tf_export": {
        "stillflow.platform.decorators": (
            "estimator_export=tf_export keras_export=tf_export tf_export"
        ),
    },
    "python.util.tf_inspect": {
        "inspect": "FullArgSpec currentframe getdoc getframeinfo getmembers getmodule getmro stack",
        "stillflow.platform.decorators": (
            "ArgSpec getargspec getcallargs getfile getfullargspec getsource getsourcefile "
            "getsourcelines isbuiltin isclass isframe isfunction isgenerator isgeneratorfunction "
            "ismethod ismodule isroutine"
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
}
