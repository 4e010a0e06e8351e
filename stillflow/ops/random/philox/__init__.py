"""The random numbers of TensorFlow 1.15's CPU kernels, bit for bit where its C library allows.

In order: `generator` (Philox blocks), `elementary` (float32 log, sine and cosine as glibc rounds
them), `continuous` (uniform, normal, truncated normal), `discrete` (integers, shuffles, categories)
and `rejection` (gamma, Poisson). All are functions of an array namespace and a stream; they know no
graph and no session.
"""
