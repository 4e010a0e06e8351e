from .suite import Suite

suite = Suite("gradients")
case = suite.case
