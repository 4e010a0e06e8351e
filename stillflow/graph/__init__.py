"""What a program is: graphs, operations, tensors, names, scopes. Knows no op type."""
