"""What TensorFlow's modules of losses, metrics and optimizers of `tf.keras` hold, likewise."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

_INITIALIZERS_V2 = "stillflow.ops.version2.initializers"

# {internal module: {module of ours: names}}
OBJECTIVES: dict[str, Members] = {
    "python.keras.initializers": {
        _INITIALIZERS_V2: (
            "GlorotNormalV2=GlorotNormal GlorotUniformV2=GlorotUniform IdentityV2=Identity "
            "OrthogonalV2=Orthogonal TruncatedNormalV2=TruncatedNormal "
            "VarianceScalingV2=VarianceScaling he_normalV2=he_normal he_uniformV2=he_uniform "
            "lecun_normalV2=lecun_normal lecun_uniformV2=lecun_uniform"
        ),
    },
    "python.keras.losses": {
        "stillflow.keras.losses.functions": "huber_loss",
        "stillflow.keras.losses.loss": "LossFunctionWrapper",
        "stillflow.keras.losses.naming": "LABEL_DTYPES_FOR_LOSSES is_categorical_crossentropy",
    },
    "python.keras.metrics": {
        "stillflow.keras.metrics.counts": (
            "_ConfusionMatrixConditionCount=ConfusionMatrixConditionCount"
        ),
        "stillflow.keras.metrics.curves": "SensitivitySpecificityBase",
        "stillflow.keras.metrics.functions": "accuracy",
        "stillflow.keras.metrics.means": (
            "MeanMetricWrapper Reduce SumOverBatchSize SumOverBatchSizeMetricWrapper"
        ),
        "stillflow.keras.metrics.naming": "clone_metric clone_metrics",
    },
    "python.keras.optimizer_v2.optimizer_v2": {
        "stillflow.keras.optimizers.hyper": "_var_key=key_of",
        "stillflow.keras.optimizers.optimizer": "_filter_grads=with_gradients",
    },
    "python.keras.optimizers": {
        "tensorflow.python.keras.optimizer_v2": (
            "adadelta_v2=adadelta adagrad_v2=adagrad adam_v2=adam adamax_v2=adamax ftrl "
            "gradient_descent_v2=gradient_descent nadam_v2=nadam optimizer_v2 rmsprop_v2=rmsprop"
        ),
        "stillflow.keras.optimizers.first": (
            "Adadelta Adagrad Adam Adamax Nadam RMSprop SGD adadelta=Adadelta "
            "adagrad=Adagrad adam=Adam adamax=Adamax nadam=Nadam rmsprop=RMSprop sgd=SGD"
        ),
        "stillflow.keras.optimizers.first_base": "Optimizer",
        "stillflow.keras.optimizers.of_train": "TFOptimizer",
    },
    "python.keras.utils.losses_utils": {
        "stillflow.keras.losses.for_replicas": "scale_loss_for_distribution",
        "stillflow.ops.losses.sample_weights": (
            "ReductionV2=Reduction compute_weighted_loss reduce_weighted_loss "
            "scale_losses_by_sample_weight squeeze_or_expand_dimensions"
        ),
    },
    "python.keras.utils.metrics_utils": {
        "stillflow.keras.metrics.confusion": (
            "ConfusionMatrix NEG_INF _filter_top_k assert_thresholds_range parse_init_thresholds "
            "update_confusion_matrix_variables"
        ),
        "stillflow.keras.metrics.curves": "AUCCurve AUCSummationMethod",
        "stillflow.keras.metrics.means": "Reduction",
        "stillflow.keras.metrics.ragged": (
            "ragged_assert_compatible_and_get_flat_values=flat_values"
        ),
    },
    "python.ops.init_ops_v2": {
        _INITIALIZERS_V2: (
            "GlorotNormal GlorotUniform Identity Initializer Orthogonal TruncatedNormal "
            "VarianceScaling glorot_normal=GlorotNormal glorot_normal_initializer=GlorotNormal "
            "glorot_uniform=GlorotUniform glorot_uniform_initializer=GlorotUniform he_normal "
            "he_uniform identity_initializer=Identity lecun_normal lecun_uniform "
            "orthogonal_initializer=Orthogonal truncated_normal_initializer=TruncatedNormal "
            "variance_scaling_initializer=VarianceScaling"
        ),
    },
    "python.ops.losses.loss_reduction": {
        "stillflow.ops.losses.sample_weights": "ReductionV2=Reduction",
    },
    "python.ops.losses.util": {
        "stillflow.ops.losses.sample_weights": (
            "scale_losses_by_sample_weight squeeze_or_expand_dimensions"
        ),
    },
}
