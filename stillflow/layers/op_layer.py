"""Layers that networks make by themselves: of a plain op, of a loss, of a metric."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import nest
from stillflow.graph.graph import Graph
from stillflow.graph.recording import record
from stillflow.layers.base_layer import Layer
from stillflow.ops.control.ordering import placeholder

_PREFIX = "tf_op_layer_"


class TensorFlowOpLayer(Layer):
    """Builds, at each call, an op like one that the program built of a network's tensors.

    Args:
      node_def: a NodeDef, also as bytes or as the dict of its JSON form.
      name: that of the op.
      constants: values of the op's inputs that are none of the layer's, by position.
    """

    def __init__(
        self,
        node_def: Any,
        name: str,
        constants: dict[Any, Any] | None = None,
        trainable: bool = True,
        dtype: Any = None,
    ):
        super().__init__(name=_PREFIX + name, trainable=trainable, dtype=dtype, autocast=False)
        self.node_def = _as_node_def(node_def)
        # JSON has made texts of the positions.
        self.constants = {int(position): value for position, value in (constants or {}).items()}
        self.built = True
        self._known: Any = None  # the declaration and the attributes of the op

    def call(self, inputs: Any) -> Any:
        tensors = nest.flatten(inputs)
        if all(tensor._is_eager for tensor in tensors):
            return self._carried_out(tensors)
        graph = tensors[0].graph
        with graph.as_default():
            for position, value in sorted(self.constants.items()):
                tensors.insert(position, constant(value, name=self.node_def.input[position]))
            attributes = dict(self.node_def.attr.items())
            name = self.node_def.name
            op = graph.create_op(self.node_def.op, tensors, name=name, attrs=attributes)
        record(op)
        return op.outputs[0] if len(op.outputs) == 1 else list(op.outputs)

    def _carried_out(self, tensors: list[Any]) -> Any:
        """What the op gives at once."""
        if self._known is None:
            with Graph().as_default():
                stand_ins = [placeholder(t.dtype, shape=t.shape) for t in tensors]
                op = nest.flatten(self.call(stand_ins))[0].op
                self._known = op.defn, dict(op.attrs)
        from stillflow.runtime.eager.dispatch import run  # it registers what runs eagerly

        defn, attributes = self._known
        for position, value in sorted(self.constants.items()):
            tensors.insert(position, constant(value))
        outputs = run(defn, tensors, attributes, self.node_def.name).outputs
        return outputs[0] if len(outputs) == 1 else list(outputs)

    def get_config(self) -> dict[str, Any]:
        from google.protobuf.json_format import MessageToDict

        return {
            **super().get_config(),
            "name": self.name.removeprefix(_PREFIX),
            "node_def": MessageToDict(self.node_def),
            "constants": dict(self.constants),
        }


def _as_node_def(node_def: Any) -> Any:
    from google.protobuf.json_format import ParseDict
    from tensorboard.compat.proto.node_def_pb2 import NodeDef

    if isinstance(node_def, NodeDef):
        return node_def
    if isinstance(node_def, dict):
        return ParseDict(node_def, NodeDef())
    return NodeDef.FromString(node_def if isinstance(node_def, bytes) else node_def.encode())


class AddLoss(Layer):
    """Gives its inputs, and adds them as a loss.

    Args:
      unconditional: whether the loss counts as one that depends on no input.
    """

    def __init__(self, unconditional: bool, **kwargs: Any):
        super().__init__(**{**kwargs, "autocast": False})
        self.unconditional = unconditional

    def call(self, inputs: Any) -> Any:
        self.add_loss(inputs, inputs=not self.unconditional)
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "unconditional": self.unconditional}


class AddMetric(Layer):
    """Gives its inputs, and adds them as a metric: see `Layer.add_metric`."""

    def __init__(self, aggregation: str | None = None, metric_name: Any = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.aggregation = aggregation
        self.metric_name = metric_name

    def call(self, inputs: Any) -> Any:
        self.add_metric(inputs, self.aggregation, self.metric_name)
        return inputs

    def get_config(self) -> dict[str, Any]:
        own = {"aggregation": self.aggregation, "metric_name": self.metric_name}
        return {**super().get_config(), **own}
