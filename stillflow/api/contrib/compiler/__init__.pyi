from stillflow.api.contrib.compiler import jit as jit
