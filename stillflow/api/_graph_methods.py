"""What methods of a Graph need of the stages above it, loaded when one is first called."""

from typing import Any

from stillflow.graph import context


def create_op(graph: Any, *args: Any, **kwargs: Any) -> Any:
    """`Graph.create_op`."""
    from stillflow.interchange import creating

    return creating.create_op(graph, *args, **kwargs)


def install() -> None:
    """Tells Graph of them."""
    context.register_create_op(create_op)
