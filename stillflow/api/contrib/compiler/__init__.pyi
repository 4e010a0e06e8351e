from stillflow.api.contrib.compiler import jit as jit
from stillflow.api.contrib.compiler import xla as xla
