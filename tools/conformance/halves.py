"""The graph half and the eager half of tests, and which of them are run.

TensorFlow runs many tests twice: in a graph with a session, and then eagerly. Other tests enter
eager mode themselves, and some files run eagerly as a whole.
"""

import functools
import unittest


class Halves:
    """Which halves are run, and whether the running test has come to an eager one."""

    def __init__(self, half):
        self.half = half
        self._whole_file = False
        self._entered = False

    def begin(self):
        self._entered = self._whole_file

    def leaves_out_whole_file(self):
        return self._whole_file and self.half == "graph"

    def verdict(self, kind, why):
        """What passed in a graph alone is no eager half."""
        if kind == "pass" and self.half == "eager" and not self._entered:
            return "skip", "no eager half"
        return kind, why

    def eager_block(self, eager_mode):
        """`eager_mode`, which makes a block, with its use noticed."""

        def entered():
            if self.half == "graph":
                raise unittest.SkipTest("eager only")
            self._entered = True
            return eager_mode()

        return entered

    def of_whole_file(self, enable):
        """`enable`, which has all of a file run eagerly, with its use noticed."""

        def enabled(*args, **kwargs):
            self._whole_file = True
            if self.half != "graph":
                enable(*args, **kwargs)

        return enabled

    def in_graph_and_eagerly(self, both, graph_mode, eager_block):
        """The decorator of a test with two halves.

        Args:
          both: TensorFlow's or Stillflow's own, which runs both.
        """

        def decorator(func=None, config=None, use_gpu=True, **kwargs):
            if func is None:
                return functools.partial(decorator, config=config, use_gpu=use_gpu, **kwargs)
            if self.half == "both":
                return both(func, config=config, use_gpu=use_gpu, **kwargs)

            def decorated(test, *args, **words):
                if self.half == "eager":
                    with eager_block():
                        func(test, *args, **words)
                    return
                with graph_mode(), test.test_session(use_gpu=use_gpu, config=config):
                    func(test, *args, **words)

            decorated.__name__ = func.__name__
            return decorated

        return decorator
