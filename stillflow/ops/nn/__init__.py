"""What layers are made of: convolution, pooling, activations, losses of logits, normalisation."""
