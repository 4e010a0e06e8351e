from .suite import Suite

suite = Suite("segment")
case = suite.case
