"""Operations and tensors found: by name, by walking along edges, between boundaries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph_editor import util
from stillflow.platform.deprecation import deprecated

Within = Callable[[Operation], Any]


# By name ----------------------------------------------------------------------------------------


def can_be_regex(obj: Any) -> bool:
    """Whether `obj` is a regular expression, or text that may be one."""
    return isinstance(obj, (str, re.Pattern))


def make_regex(obj: Any) -> re.Pattern:
    """The regular expression that `obj` is or spells; ValueError when it is neither."""
    if not can_be_regex(obj):
        raise ValueError(f"Expected a string or a regex, got: {type(obj)}")
    return re.compile(obj)


def filter_ops(ops: Any, positive_filter: Any) -> list[Operation]:
    """Those of some operations that a function of them holds true of; True takes all."""
    ops = util.make_list_of_op(ops)
    return ops if positive_filter is True else [op for op in ops if positive_filter(op)]


def filter_ops_from_regex(ops: Any, regex: Any) -> list[Operation]:
    """Those of some operations in whose names `regex` is found."""
    pattern = make_regex(regex)
    return filter_ops(ops, lambda op: pattern.search(op.name))


def filter_ts(ops: Any, positive_filter: Any) -> list[Tensor]:
    """Those inputs and outputs of operations that a function of them holds true of."""
    ops = util.make_list_of_op(ops)
    tensors = util.concatenate_unique(_get_input_ts(ops), _get_output_ts(ops))
    return tensors if positive_filter is True else [t for t in tensors if positive_filter(t)]


def filter_ts_from_regex(ops: Any, regex: Any) -> list[Tensor]:
    """Those inputs and outputs of operations in whose names `regex` is found."""
    pattern = make_regex(regex)
    return filter_ts(ops, lambda tensor: pattern.search(tensor.name))


def get_name_scope_ops(ops: Any, scope: str) -> list[Operation]:
    """Those of some operations that lie in a name scope."""
    return filter_ops_from_regex(ops, f"^{scope.removesuffix('/')}(/.*)?$")


def _get_input_ts(ops: Any) -> list[Tensor]:
    return list(dict.fromkeys(t for op in util.make_list_of_op(ops) for t in op.inputs))


def _get_output_ts(ops: Any) -> list[Tensor]:
    return [tensor for op in util.make_list_of_op(ops) for tensor in op.outputs]


def select_ops(*args: Any, **kwargs: Any) -> list[Operation]:
    """Operations that are given, or whose names match; each once.

    Args:
      *args: operations, lists of them, and regular expressions; one that begins with '(?#ts)' is
        for tensors alone.
      graph: where to look for names.
      positive_filter: a function of an operation that says whether it is wanted.
      restrict_ops_regex: whether only expressions that begin with '(?#ops)' count.
    """
    return _selected(args, kwargs, "ops", filter_ops_from_regex, _given_ops)


def select_ts(*args: Any, **kwargs: Any) -> list[Tensor]:
    """Tensors that are given, or whose names match; each once.

    The arguments are those of select_ops, with 'ts' and 'ops' exchanged.
    """
    return _selected(args, kwargs, "ts", filter_ts_from_regex, _given_ts)


def select_ops_and_ts(*args: Any, **kwargs: Any) -> tuple[list[Operation], list[Tensor]]:
    """What select_ops and select_ts find; only expressions with '(?#ts)' stand for tensors."""
    ops = select_ops(*args, restrict_ops_regex=False, **kwargs)
    return ops, select_ts(*args, restrict_ts_regex=True, **kwargs)


def _given_ops(given: Any) -> list[Operation]:
    return util.make_list_of_op(given, ignore_ts=True)


def _given_ts(given: Any) -> list[Tensor]:
    return util.make_list_of_t(given, ignore_ops=True)


def _selected(
    args: tuple, kwargs: dict[str, Any], kind: str, by_name: Callable, given: Callable
) -> list[Any]:
    known = {"graph", "positive_filter", "restrict_ops_regex", "restrict_ts_regex"}
    for key in kwargs:
        if key not in known:
            raise ValueError(f"Wrong keywords argument: {key}.")
    graph = kwargs.get("graph")
    if graph is not None and not isinstance(graph, Graph):
        raise TypeError(f"Expected a tf.Graph, got: {type(graph)}")
    wanted = kwargs.get("positive_filter") or (lambda _: True)
    found: list[Any] = []
    for arg in args:
        if not can_be_regex(arg):
            items = given(arg)
        elif graph is None:
            raise ValueError("Use the keyword argument 'graph' to use regex.")
        else:
            restricted = kwargs.get(f"restrict_{kind}_regex", False)
            items = by_name(graph, arg) if _is_for(kind, make_regex(arg), restricted) else []
        util.concatenate_unique(found, [item for item in items if wanted(item)])
    return found


def _is_for(kind: str, regex: re.Pattern, restricted: bool) -> bool:
    """Whether an expression is for 'ops' or 'ts', as a comment at its beginning says."""
    other = "ts" if kind == "ops" else "ops"
    if regex.pattern.startswith(f"(?#{other})"):
        return False
    return not restricted or regex.pattern.startswith(f"(?#{kind})")


# Along edges ------------------------------------------------------------------------------------


def check_cios(
    control_inputs: bool = False, control_outputs: Any = None, control_ios: Any = None
) -> tuple[bool, Any]:
    """Whether control inputs are followed, and the ControlOutputs if those are; brought up to date.

    `control_ios` is a ControlOutputs and means both.
    """
    for given in (control_ios, control_outputs):
        if given is not None and not isinstance(given, util.ControlOutputs):
            raise TypeError(f"Expected a util.ControlOutputs, got: {type(given)}")
    if control_ios is not None:
        if control_outputs is not None:
            raise ValueError("control_outputs should be None when using control_ios.")
        control_inputs, control_outputs = True, control_ios
    if control_outputs is not None:
        control_outputs.update()
    return control_inputs, control_outputs


def get_ops_ios(
    ops: Any, control_inputs: bool = False, control_outputs: Any = None, control_ios: Any = None
) -> list[Operation]:
    """The operations right before and right after some."""
    control_inputs, control_outputs = check_cios(control_inputs, control_outputs, control_ios)
    found: list[Operation] = []
    for op in util.make_list_of_op(ops):
        util.concatenate_unique(found, [tensor.op for tensor in op.inputs])
        for tensor in op.outputs:
            util.concatenate_unique(found, tensor.consumers())
        if control_outputs is not None:
            util.concatenate_unique(found, control_outputs.get(op))
        if control_inputs:
            util.concatenate_unique(found, op.control_inputs)
    return found


def compute_boundary_ts(ops: Any) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """The tensors that come from outside of some operations, that are used outside, and others.

    A tensor that both operations inside and others use is in the second list and in the third.
    """
    ops = util.make_list_of_op(ops)
    inputs, outputs, within = _get_input_ts(ops), _get_output_ts(ops), set(ops)
    made = set(outputs)
    inside = [tensor for tensor in inputs if tensor in made]
    hidden = {tensor for tensor in inside if within.issuperset(tensor.consumers())}
    return (
        [tensor for tensor in inputs if tensor not in made],
        [tensor for tensor in outputs if tensor not in hidden],
        inside,
    )


def get_within_boundary_ops(
    ops: Any,
    seed_ops: Any,
    boundary_ops: Any = (),
    inclusive: bool = True,
    control_inputs: bool = False,
    control_outputs: Any = None,
    control_ios: Any = None,
) -> list[Operation]:
    """Those of `ops` that can be reached from the seeds, in any direction, within the boundary.

    Raises:
      ValueError: a seed is part of the boundary.
    """
    control_inputs, control_outputs = check_cios(control_inputs, control_outputs, control_ios)
    ops = util.make_list_of_op(ops)
    found = dict.fromkeys(util.make_list_of_op(seed_ops, allow_graph=False))
    boundary = set(util.make_list_of_op(boundary_ops))
    if boundary.intersection(found):
        raise ValueError("Boundary is intersecting with the seeds.")
    wave = list(found)
    while wave:
        around = get_ops_ios(wave, control_inputs, control_outputs)
        new = [op for op in around if op not in found]
        wave = [op for op in new if op not in boundary]
        found.update(dict.fromkeys(new if inclusive else wave))
    return [op for op in ops if op in found]


def _walk(
    seeds: list[Operation],
    following: Callable[[Operation], Iterable[Operation]],
    inclusive: bool,
    within_ops: Any,
    within_ops_fn: Within | None,
) -> list[Operation]:
    """What can be reached from the seeds, nearest first."""
    within = set(util.make_list_of_op(within_ops, allow_graph=False)) if within_ops else None
    is_within = lambda op: (
        (within is None or op in within) and (within_ops_fn is None or within_ops_fn(op))
    )
    first = dict.fromkeys(op for op in seeds if within is None or op in within)
    found, wave = dict(first), list(first)
    while wave:
        reached = (op for before in wave for op in following(before))
        wave = list(dict.fromkeys(op for op in reached if op not in found and is_within(op)))
        found.update(dict.fromkeys(wave))
    return [op for op in found if inclusive or op not in first]


def _seeds(seed_ops: Any, of_tensors: Callable[[Any], list[Operation]]) -> list[Operation]:
    seeds = list(seed_ops) if util.is_iterable(seed_ops) else [seed_ops]
    if seeds and isinstance(seeds[0], Tensor):
        return of_tensors(seeds)
    return util.make_list_of_op(seeds, allow_graph=False)


def get_forward_walk_ops(
    seed_ops: Any,
    inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Within | None = None,
    stop_at_ts: Any = (),
    control_outputs: Any = None,
) -> list[Operation]:
    """The operations that some, or the consumers of some tensors, lead to.

    Args:
      inclusive: whether those themselves are among them.
      within_ops, within_ops_fn: what the walk may enter; everything, if not given.
      stop_at_ts: tensors that are not followed.
      control_outputs: a ControlOutputs, for what waits to be followed as well.
    """
    _, control_outputs = check_cios(False, control_outputs)
    stops = set(util.make_list_of_t(stop_at_ts))

    def following(op: Operation) -> Iterable[Operation]:
        for tensor in op.outputs:
            if tensor not in stops:
                yield from tensor.consumers()
        if control_outputs is not None:
            yield from control_outputs.get(op)

    seeds = _seeds(seed_ops, util.get_consuming_ops)
    return _walk(seeds, following, inclusive, within_ops, within_ops_fn)


@deprecated(
    "2019-06-06",
    "Please use tensorflow.python.ops.op_selector.get_backward_walk_ops.",
    warn_once=True,
)
def get_backward_walk_ops(
    seed_ops: Any,
    inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Within | None = None,
    stop_at_ts: Any = (),
    control_inputs: bool = False,
) -> list[Operation]:
    """The operations that some, or those that give some tensors, need.

    The arguments are those of get_forward_walk_ops; `control_inputs` says whether what is waited
    for is followed as well.
    """
    return _backward(seed_ops, inclusive, within_ops, within_ops_fn, stop_at_ts, control_inputs)


def _backward(
    seed_ops: Any,
    inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Within | None = None,
    stop_at_ts: Any = (),
    control_inputs: bool = False,
) -> list[Operation]:
    stops = set(util.make_list_of_t(stop_at_ts))

    def following(op: Operation) -> Iterable[Operation]:
        yield from (tensor.op for tensor in op.inputs if tensor not in stops)
        if control_inputs:
            yield from op.control_inputs

    seeds = _seeds(seed_ops, util.get_generating_ops)
    return _walk(seeds, following, inclusive, within_ops, within_ops_fn)


def get_walks_intersection_ops(
    forward_seed_ops: Any,
    backward_seed_ops: Any,
    forward_inclusive: bool = True,
    backward_inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Within | None = None,
    control_inputs: bool = False,
    control_outputs: Any = None,
    control_ios: Any = None,
) -> list[Operation]:
    """The operations on the way from some to others."""
    control_inputs, control_outputs = check_cios(control_inputs, control_outputs, control_ios)
    within = {"within_ops": within_ops, "within_ops_fn": within_ops_fn}
    forward = get_forward_walk_ops(
        forward_seed_ops, forward_inclusive, control_outputs=control_outputs, **within
    )
    backward = set(
        _backward(backward_seed_ops, backward_inclusive, control_inputs=control_inputs, **within)
    )
    return [op for op in forward if op in backward]


def get_walks_union_ops(
    forward_seed_ops: Any,
    backward_seed_ops: Any,
    forward_inclusive: bool = True,
    backward_inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Within | None = None,
    control_inputs: bool = False,
    control_outputs: Any = None,
    control_ios: Any = None,
) -> list[Operation]:
    """The operations that some lead to or that others need."""
    control_inputs, control_outputs = check_cios(control_inputs, control_outputs, control_ios)
    within = {"within_ops": within_ops, "within_ops_fn": within_ops_fn}
    forward = get_forward_walk_ops(
        forward_seed_ops, forward_inclusive, control_outputs=control_outputs, **within
    )
    backward = _backward(
        backward_seed_ops, backward_inclusive, control_inputs=control_inputs, **within
    )
    return util.concatenate_unique(forward, backward)
