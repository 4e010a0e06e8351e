"""The updates of optimizers: one op each, dense and sparse."""
