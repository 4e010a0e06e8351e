"""The root of the public tree, `tf`, spelled as TensorFlow 1.15 spells it.

The stub beside a module (.pyi) lists its names; to add one, add a line there. Each loads when it is
first used.
"""

from stillflow.api import _graph_methods, _missing

_graph_methods.install()
__version__ = VERSION = "1.15.5"
GIT_VERSION = "v1.15.4-39-g3db52be"
GRAPH_DEF_VERSION = 134
GRAPH_DEF_VERSION_MIN_CONSUMER = 0
GRAPH_DEF_VERSION_MIN_PRODUCER = 0
__getattr__, __dir__ = _missing.fallback(__name__)
