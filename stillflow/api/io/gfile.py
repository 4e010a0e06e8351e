"""`tf.io.gfile`. Re-exports only."""

from stillflow.api import _missing
from stillflow.platform.files import GFile as GFile
from stillflow.platform.files import copy as copy
from stillflow.platform.files import exists as exists
from stillflow.platform.files import glob as glob
from stillflow.platform.files import isdir as isdir
from stillflow.platform.files import listdir as listdir
from stillflow.platform.files import makedirs as makedirs
from stillflow.platform.files import mkdir as mkdir
from stillflow.platform.files import remove as remove
from stillflow.platform.files import rename as rename
from stillflow.platform.files import rmtree as rmtree
from stillflow.platform.files import stat as stat
from stillflow.platform.files import walk as walk

__getattr__, __dir__ = _missing.fallback(__name__)
