"""What is said of strategies at once, for training and for evaluation."""

from __future__ import annotations

from typing import Any, NamedTuple


class DistributeConfig(NamedTuple):
    """`RunConfig(experimental_distribute=...)`: strategies, and a cluster that is not this one."""

    train_distribute: Any = None
    eval_distribute: Any = None
    remote_cluster: Any = None
