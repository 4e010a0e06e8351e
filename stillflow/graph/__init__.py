"""What a program is: graphs, operations, tensors, names, scopes. Knows no op type."""

from stillflow.graph import graph as graph  # it makes the default graph, which any part may need
