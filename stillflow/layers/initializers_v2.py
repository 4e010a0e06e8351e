"""The initializers of `tf.keras` by name where TensorFlow 2's behaviour is enabled."""

from __future__ import annotations

from typing import Any

from stillflow.layers import initializers
from stillflow.ops.version2 import initializers as version2

BY_NAME: dict[str, Any] = {
    name: getattr(version2, maker.__name__) for name, maker in initializers.BY_NAME.items()
}
