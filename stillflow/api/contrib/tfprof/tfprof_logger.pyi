from stillflow.profiler.logging_ops import write_op_log as write_op_log
