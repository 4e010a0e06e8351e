"""Whether a built wheel computes: a convolution through XLA, beside XLA's own."""

import ctypes

import jax
import numpy as np
import stillflow_native

found = ctypes.CDLL(stillflow_native.library())
handler = jax.ffi.pycapsule(found.StillflowForward)
jax.ffi.register_ffi_target("StillflowForward", handler, platform="cpu")
x = np.random.default_rng(0).standard_normal((5, 9, 9, 3)).astype(np.float32)
w = np.random.default_rng(1).standard_normal((3, 3, 3, 8)).astype(np.float32)
call = jax.ffi.ffi_call("StillflowForward", jax.ShapeDtypeStruct((5, 9, 9, 8), x.dtype))
geometry = np.array([5, 9, 9, 3, 3, 3, 8, 9, 9, 1, 1, 1, 1, 1, 1], np.int64)
own = jax.lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
ours = jax.jit(lambda x, w: call(x, w, geometry=geometry))(x, w)
np.testing.assert_allclose(ours, own, atol=1e-4)
print("A convolution by oneDNN is XLA's.")
