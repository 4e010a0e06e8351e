from .suite import Suite

suite = Suite("reduce")
case = suite.case
