"""The shape and the arrangement of tensors: filling, joining, slicing, gathering, searching."""
