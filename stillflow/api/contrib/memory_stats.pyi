from stillflow.ops.debug.memory_stats import bytes_in_use, bytes_limit, max_bytes_in_use

BytesInUse = bytes_in_use
BytesLimit = bytes_limit
MaxBytesInUse = max_bytes_in_use
