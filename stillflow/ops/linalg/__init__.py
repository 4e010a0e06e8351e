"""Linear algebra: products, decompositions, solving, norms."""
