from builtins import bool as _bool  # tf.bool is another
from types import ModuleType

from stillflow.api import *
from stillflow.api import __version__ as __version__
from stillflow.declare import shapes as shapes
from stillflow.leaving.load_jax import load_jax as load_jax
from stillflow.leaving.to_jax import to_jax as to_jax
from stillflow.ops.own import op as op
from stillflow.runtime.recording.plans import explain as explain

def as_tensorflow(period: _bool = True) -> ModuleType: ...
