"""Records, lines of text and bytes, read as tensors."""
