"""Linear operators: matrices that need not be written out."""
