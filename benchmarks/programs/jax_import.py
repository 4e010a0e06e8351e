import jax
import jax.numpy as jnp

print(jnp.float32.__name__, jax.__version__)
