"""The root of the public tree, `tf`, spelled as TensorFlow 1.15 spells it.

The stub beside a module (.pyi) lists its names; to add one, add a line there. Each loads when it is
first used.
"""

from stillflow.api import _graph_methods, _missing
from stillflow.platform.version import VERSION

_graph_methods.install()
__version__ = VERSION
__getattr__, __dir__ = _missing.fallback(__name__)
