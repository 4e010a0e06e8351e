"""What graphs need of the stages above them, loaded when it is first called."""

from typing import Any

from stillflow.graph import context


def create_op(graph: Any, *args: Any, **kwargs: Any) -> Any:
    """`Graph.create_op`."""
    from stillflow.interchange import creating

    return creating.create_op(graph, *args, **kwargs)


def operation_of(*args: Any) -> None:
    """`tf.Operation(node_def, graph, ...)`."""
    from stillflow.interchange import creating

    creating.operation_of(*args)


def attribute_of(*args: Any) -> Any:
    """What an AttrValue says of one attribute of a node."""
    from stillflow.interchange import attributes

    return attributes.attribute_of(*args)


def gradient_of_function(function: Any) -> Any:
    """The body of a function's gradient."""
    from stillflow.gradients import functions

    return functions.gradient_body(function)


def gradient_of_choice(op: Any, grads: Any) -> Any:
    """The gradients of a choice among functions."""
    from stillflow.gradients import branches

    return branches.gradient_of_choice(op, grads)


def spelled_out(ops: Any) -> Any:
    """The nodes that are written for operations of which TensorFlow does not know some."""
    from stillflow.declare import spelling

    return spelling.spelled_out(ops)


def install() -> None:
    """Tells the graphs of them."""
    context.register(
        create_op,
        operation_of,
        attribute_of,
        gradient_of_function,
        gradient_of_choice,
        spelled_out,
    )
