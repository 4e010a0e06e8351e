"""Ops whose value is a serialized Summary, which TensorBoard shows. They run on the host."""
