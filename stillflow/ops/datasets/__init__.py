"""The elements of pipelines, and the iterators that give them."""
