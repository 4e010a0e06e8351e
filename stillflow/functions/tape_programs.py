"""What a walk over a tape computes, as a plan: for tapes that repeat each other.

The tape's operations become nodes of a graph, and the walk over a tape of that graph adds those of
the gradients. Every tensor of the tape is fed with the value that it has, so that a run does only
the latter. The plan runs on the host, where eager operations run, and regroups no arithmetic: it
gives the numbers of the walk, bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.calling import VariableName
from stillflow.declare.constants import constant
from stillflow.declare.rules import REGISTERED
from stillflow.gradients.tape import Tape
from stillflow.gradients.tape_form import Form
from stillflow.gradients.tape_walk import walked_gradients
from stillflow.graph import nest
from stillflow.graph.eager_tensor import EagerOperation, EagerTensor, eager_tensor
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Tensor
from stillflow.ops.control.ordering import placeholder
from stillflow.runtime.eager.state import eager_state
from stillflow.runtime.order import needed_ops
from stillflow.runtime.plan import make_plan
from stillflow.runtime.staged import executor_of

# A program keeps all that it computes to its end, where the walk lets go; and of large arrays
# Python's share is small. Of many small ones it is not.
_FEW_BYTES, _BYTES_OF_SMALL, _MOST_BYTES = 8 << 20, 64 << 10, 64 << 20

_state = eager_state()


def program_of(
    tape: Tape, form: Form, targets: Sequence[Any], sources: Sequence[Any], weights: Sequence[Any]
) -> Program | None:
    """The program of a form; None where no plan could do what the walk does."""
    size = sum(getattr(tensor._value, "nbytes", 0) for tensor in form.tensors)
    most = min(max(_FEW_BYTES, len(form.ops) * _BYTES_OF_SMALL), _MOST_BYTES)
    if size > most or not all(map(_is_plain, form.ops)):
        return None
    try:
        with Graph().as_default() as graph:
            return Program(_Nodes(graph, tape, form), targets, sources, weights)
    except Exception:  # a rule that looks at values, say: the walk has them
        return None


def _is_plain(op: EagerOperation) -> bool:
    """Whether a declared rule differentiates it, by numbers alone."""
    if op.type in REGISTERED or "_gradient_op_type" in op.attrs:
        return False
    numbers = [*op.outputs, *(t for t in op.inputs if not (op.defn.reads and _is_variable(t)))]
    return all(tensor._dtype.is_numpy_compatible for tensor in numbers)


def _is_variable(tensor: Any) -> bool:
    return type(tensor._value) is VariableName


class _Nodes:
    """A tape's operations in a graph.

    Attributes:
      tape: a tape that has recorded the nodes, as theirs has recorded the operations.
      given: by the number of a tensor in the form, what stands for it and is fed.
    """

    def __init__(self, graph: Graph, tape: Tape, form: Form):
        self.tape = Tape(watches_variables=False)
        self.given: dict[int, Tensor] = {}
        self._graph = graph
        self._watched = tape.producers
        self._numbers = {id(tensor): n for n, tensor in enumerate(form.tensors)}
        self._static = {
            id(op.inputs[place]) for op in form.ops for place in op.defn.static_positions(op)
        }
        self._nodes: dict[int, Tensor] = {}
        on_the_way = set(map(id, form.ops))
        for op in dict.fromkeys(tape.producers.values()):
            if id(op) in on_the_way:
                self._add(op)

    def of(self, tensor: EagerTensor) -> Tensor:
        """What stands for a tensor of the form."""
        key = id(tensor)
        if key not in self._nodes:
            if key in self._static:
                self._nodes[key] = constant(tensor._value, tensor._dtype)
            else:
                self._nodes[key] = node = placeholder(tensor._dtype, tensor.shape)
                self.given[self._numbers[key]] = node
                if _is_variable(tensor):  # whose shape a rule may ask for
                    node._handle_data = tensor._handle_data
            if key in self._watched:
                self.tape.watch(self._nodes[key])
        return self._nodes[key]

    def has(self, tensor: Any) -> bool:
        return id(tensor) in self._numbers

    def _add(self, op: EagerOperation) -> None:
        made = self._graph.add_operation(
            op.defn,
            tuple([self.of(tensor) for tensor in op.inputs]),  # type: ignore[arg-type]
            dict(op.attrs),
            [(tensor.dtype, tensor.shape) for tensor in op.outputs],
            op.type,
        )
        for tensor, node in zip(op.outputs, made.outputs, strict=True):
            self._nodes[id(tensor)] = self.given[self._numbers[id(tensor)]] = node
        self.tape.record(made)


class Program:
    """Computes gradients of the values of a form's tensors, and of weights."""

    def __init__(
        self,
        nodes: _Nodes,
        targets: Sequence[Any],
        sources: Sequence[Any],
        weights: Sequence[Any],
    ):
        weight_nodes = [w if w is None else placeholder(w.dtype, w.shape) for w in weights]
        found = iter(
            walked_gradients(
                nodes.tape,
                [nodes.of(target) for target in targets],
                [nodes.of(source) for source in sources if nodes.has(source)],
                weight_nodes,
            )
        )
        self._gradients = [next(found) if nodes.has(source) else None for source in sources]
        leaves = nest.flatten(self._gradients, expand_composites=True)
        fetches = [leaf for leaf in leaves if leaf is not None]
        self._types = [fetch.dtype for fetch in fetches]
        after = len(nodes._numbers)
        given = nodes.given | {
            after + n: node for n, node in enumerate(weight_nodes) if node is not None
        }
        feeds = _needed(fetches, given)
        self._places = list(feeds)
        plan = make_plan(fetches, list(feeds.values()), trusts_shapes=False)
        if any(step.waits or step.op.defn.stateful for step in plan.steps):
            raise NotImplementedError("it does more than to compute gradients")
        self._run = executor_of(plan, list(feeds.values()), "host", copies=False).run
        self._is_flat = len(leaves) == len(sources)

    def __call__(self, tensors: Sequence[Any], weights: Sequence[Any]) -> list[Any] | None:
        given = [*tensors, *weights]
        values = [given[place]._value for place in self._places]
        try:
            results = self._run(_state, [_as_array(value) for value in values])
        except Exception:  # the walk will say what is wrong, and where
            return None
        made = iter([eager_tensor(*pair) for pair in zip(results, self._types, strict=True)])
        if self._is_flat:
            return [None if grad is None else next(made) for grad in self._gradients]
        leaves = nest.flatten(self._gradients, expand_composites=True)
        flat = [None if leaf is None else next(made) for leaf in leaves]
        packed: list[Any] = nest.pack_sequence_as(self._gradients, flat, expand_composites=True)
        return packed


def _needed(fetches: Sequence[Tensor], given: dict[int, Tensor]) -> dict[int, Tensor]:
    """What of `given` is to be fed for `fetches`."""
    fed = frozenset(given.values())
    ops = needed_ops([fetch.op for fetch in fetches if fetch not in fed], fed)
    used = {*fetches, *(tensor for op in ops for tensor in op.inputs)}
    return {place: node for place, node in given.items() if node in used}


def _as_array(value: Any) -> np.ndarray:
    return value if type(value) is np.ndarray else np.asarray(value)
