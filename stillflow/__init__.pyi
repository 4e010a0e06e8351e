from builtins import bool as _bool  # tf.bool is another
from types import ModuleType

from stillflow.api import *
from stillflow.api import __version__ as __version__

def as_tensorflow(period: _bool = True) -> ModuleType: ...
