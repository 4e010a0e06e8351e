"""`tf.data`: pipelines of elements, and iterators over them."""
