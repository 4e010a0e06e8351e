"""What TensorFlow's internal modules of `tf.contrib` hold, as `internal_tables` has it."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

# {internal module: {module of ours: names}}
CONTRIB: dict[str, Members] = {
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
    "contrib.distributions.python.ops.mvn_linear_operator": {
        "stillflow.distributions.multivariate_normal": "MultivariateNormalLinearOperator",
    },
    "contrib.distributions.python.ops.vector_exponential_linear_operator": {
        "stillflow.distributions.vector_scaled": "VectorExponentialLinearOperator",
    },
    "contrib.distributions.python.ops.vector_laplace_linear_operator": {
        "stillflow.distributions.vector_scaled": "VectorLaplaceLinearOperator",
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
    "contrib.framework.python.ops.audio_ops": {
        "stillflow.ops.io.wav": "decode_wav encode_wav",
        "stillflow.ops.signal.speech": "audio_spectrogram mfcc",
    },
    "contrib.image.python.ops.dense_image_warp": {
        "stillflow.ops.image.warping": "_interpolate_bilinear=interpolate_bilinear",
    },
    "contrib.image.python.ops.sparse_image_warp": {
        "stillflow.ops.image.warping": (
            "_get_boundary_locations=boundary_locations _get_grid_locations=grid_locations"
        ),
    },
    "contrib.layers.python.layers.layers": {
        "stillflow.layers.contrib.arranging": "_inner_flatten=inner_flatten poincare_normalize",
        "stillflow.layers.contrib.pooling": "pool",
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
    "contrib.layers.python.ops.sparse_ops": {
        "stillflow.layers.contrib.sparse_embedding": "dense_to_sparse_tensor",
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
    "contrib.opt.python.training.sign_decay": {
        "stillflow.train.contrib.signs": (
            "get_cosine_decay_fn get_linear_decay_fn get_restart_decay_fn"
        ),
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
    "contrib.quantize.python.fold_batch_norms": {
        "stillflow.layers.quantize.rewriting": "FoldBatchNorms=fold_batch_norms",
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
    "contrib.seq2seq.python.ops.loss": {
        "stillflow.layers.seq2seq.loss": "SequenceLoss",
    },
    "contrib.seq2seq.python.ops.sampler": {
        "stillflow.layers.seq2seq.sampling": "bernoulli_sample categorical_sample",
        "stillflow.layers.seq2seq.samplers": (
            "CustomSampler GreedyEmbeddingSampler InferenceSampler SampleEmbeddingSampler Sampler "
            "ScheduledEmbeddingTrainingSampler ScheduledOutputTrainingSampler TrainingSampler"
        ),
    },
}
