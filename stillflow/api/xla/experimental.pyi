from stillflow.ops.control.jit_scope import experimental_jit_scope

jit_scope = experimental_jit_scope
