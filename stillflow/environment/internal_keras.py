"""What TensorFlow's internal modules of `tf.keras` hold, as `internal_tables` has it."""

from __future__ import annotations

from stillflow.environment.internal_columns import Members

_BACKEND = "stillflow.keras.backend"

# {internal module: {module of ours: names}}
KERAS: dict[str, Members] = {
    "python.keras.backend": {
        "stillflow.declare.constants": "_constant_to_tensor=constant_v2",
        "stillflow.declare.convert": "_to_tensor=convert_to_tensor _is_symbolic_tensor=is_tensor",
        "stillflow.graph.context": "get_graph=get_default_graph",
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
