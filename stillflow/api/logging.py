"""`tf.logging`. Re-exports only."""

from stillflow.api import _missing
from stillflow.platform.logging import DEBUG as DEBUG
from stillflow.platform.logging import ERROR as ERROR
from stillflow.platform.logging import FATAL as FATAL
from stillflow.platform.logging import INFO as INFO
from stillflow.platform.logging import WARN as WARN
from stillflow.platform.logging import TaskLevelStatusMessage as TaskLevelStatusMessage
from stillflow.platform.logging import debug as debug
from stillflow.platform.logging import error as error
from stillflow.platform.logging import fatal as fatal
from stillflow.platform.logging import flush as flush
from stillflow.platform.logging import get_verbosity as get_verbosity
from stillflow.platform.logging import info as info
from stillflow.platform.logging import log as log
from stillflow.platform.logging import log_every_n as log_every_n
from stillflow.platform.logging import log_first_n as log_first_n
from stillflow.platform.logging import log_if as log_if
from stillflow.platform.logging import set_verbosity as set_verbosity
from stillflow.platform.logging import vlog as vlog
from stillflow.platform.logging import warn as warn
from stillflow.platform.logging import warning as warning

__getattr__, __dir__ = _missing.fallback(__name__)
