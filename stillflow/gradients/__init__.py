"""How a loss is differentiated: the backward walk, and the gradients that programs declare."""
