from .suite import Suite

suite = Suite("linalg")
case = suite.case
