from stillflow.ops.functions.xla_compile import compile as compile
