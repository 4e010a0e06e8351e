from .suite import Suite

suite = Suite("array")
case = suite.case
