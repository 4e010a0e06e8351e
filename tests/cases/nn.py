from .suite import Suite

suite = Suite("nn")
case = suite.case
