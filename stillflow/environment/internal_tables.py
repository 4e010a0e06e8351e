"""What TensorFlow's internal modules hold besides what is recorded of them.

Names are written as in internal_names.json: "name internal=ours ...".
"""

from __future__ import annotations

from stillflow.environment import internal_estimator, internal_learn
from stillflow.environment.internal_columns import COLUMNS, Members
from stillflow.environment.internal_contrib import CONTRIB
from stillflow.environment.internal_distribution import DISTRIBUTION
from stillflow.environment.internal_eager import EAGER
from stillflow.environment.internal_framework import FRAMEWORK
from stillflow.environment.internal_input import INPUT
from stillflow.environment.internal_keras import KERAS
from stillflow.environment.internal_objectives import OBJECTIVES
from stillflow.environment.internal_ops import OPS
from stillflow.environment.internal_saved_model import SAVED_MODEL
from stillflow.environment.internal_training import TRAINING
from stillflow.environment.internal_utilities import UTILITIES

_IMAGES_V2: Members = {
    "compat.v2.image": (
        "ResizeMethod crop_and_resize_v2=crop_and_resize "
        "draw_bounding_boxes_v2=draw_bounding_boxes extract_glimpse_v2=extract_glimpse "
        "resize_image_with_pad_v2=resize_with_pad resize_images_v2=resize "
        "sample_distorted_bounding_box_v2=sample_distorted_bounding_box"
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
    "python.ops.ragged.ragged_array_ops": {
        "": "rank",
        "compat.v2": "size",
    },
    "python.ops.ragged.ragged_math_ops": {
        "math": (
            "segment_max=unsorted_segment_max segment_mean=unsorted_segment_mean "
            "segment_min=unsorted_segment_min segment_prod=unsorted_segment_prod "
            "segment_sqrt_n=unsorted_segment_sqrt_n segment_sum=unsorted_segment_sum"
        ),
    },
    "python.ops.ragged.ragged_util": {
        "": "repeat",
    },
    "python.ops.standard_ops": {
        "": "constant",
    },
    "python.ops.string_ops": {
        "": "string_split",
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
    **internal_estimator.OWN,
    **internal_learn.OWN,
    **COLUMNS,
    **CONTRIB,
    **DISTRIBUTION,
    **EAGER,
    **FRAMEWORK,
    **INPUT,
    **KERAS,
    **OBJECTIVES,
    **OPS,
    **SAVED_MODEL,
    **TRAINING,
    **UTILITIES,
}
