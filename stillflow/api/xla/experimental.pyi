from stillflow.ops.control.jit_scope import experimental_jit_scope
from stillflow.ops.functions.xla_compile import compile as compile

jit_scope = experimental_jit_scope
