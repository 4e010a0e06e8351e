"""Arrays of tensors, and stacks: what a handle stands for while a run lasts."""
