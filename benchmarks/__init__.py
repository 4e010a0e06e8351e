"""Stillflow beside TensorFlow 1.15, TensorFlow 2, PyTorch and JAX: `make bench`.

`systems/` has a step of each workload in each system's idiom, run by `worker.py` inside that
system's Python; `programs/` has whole programs. `measure` runs the systems in turn, so that a
machine that becomes slower does so for all of them. `report` writes docs/benchmarks.md.
"""
