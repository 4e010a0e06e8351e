from stillflow.api import flags as flags
from stillflow.platform.app import run as run
