"""Files as tensors."""
