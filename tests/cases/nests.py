"""Random programs of choices and loops within each other, and their gradients.

Their runs are compared, and their graphs by digest. What is random follows from the number.
"""

import random

from .arrays import num
from .suite import Suite

suite = Suite("nests")
COUNT = 24  # programs
DEPTH = 3  # of nesting


class Nest:
    """One program: blocks of statements over a few vectors, f32[2] or f32[?]."""

    def __init__(self, tf, number):
        self.tf = tf
        self.draw = random.Random(number)
        size = self.draw.choice([2, None])
        self.x = tf.placeholder(tf.float32, [size], "x")
        self.p = tf.placeholder(tf.bool, [], "p")
        self.n = tf.placeholder(tf.int32, [], "n")
        self.v = tf.Variable([0.5, -0.25], name="v")

    def program(self):
        """(what to fetch, what was differentiated by)"""
        first, second = self.block(0, [self.x, self.v + self.x], None)
        return first + second

    def block(self, depth, values, index):
        """`values` after some statements; `index` is the number of the iteration around."""
        for _ in range(self.draw.randint(1, 2)):
            kinds = ["plain", "plain"] + ["cond", "while_loop"] * (depth < DEPTH)
            kind = self.draw.choice(kinds if depth else ["cond", "while_loop"])
            values = getattr(self, kind)(depth, values, index)
        return values

    def plain(self, depth, values, index):
        tf, draw = self.tf, self.draw
        a, b = draw.sample(values, 2)
        made = draw.choice(
            [
                lambda: tf.tanh(a) * b,
                lambda: a * 0.5 + self.x,
                lambda: tf.stop_gradient(a) - b,
                lambda: a * self.v,
                lambda: tf.sigmoid(a) + tf.reduce_mean(b),
                lambda: tf.concat([b[:1], a[1:]], 0),
                lambda: a / (tf.cast(self.n if index is None else index, tf.float32) + 2.0),
                lambda: tf.constant([0.5, 1.5]) * b,
            ]
        )()
        made.set_shape(self.x.shape)
        return [made, draw.choice(values)]

    def cond(self, depth, values, index):
        tf, draw = self.tf, self.draw
        taken = draw.choice(
            [
                lambda: self.p,
                lambda: tf.reduce_sum(values[0]) > 0.25,
                lambda: tf.equal((self.n if index is None else index) % 2, 0),
            ]
        )()
        seeds = draw.random(), draw.random()
        sides = [lambda seed=seed: self.within(seed, depth, values, index) for seed in seeds]
        return list(tf.cond(taken, *sides))

    def while_loop(self, depth, values, index):
        tf, draw = self.tf, self.draw
        times = draw.choice([2, 3, self.n, 0 if index is None else index])
        seed = draw.random()
        options = {"swap_memory": draw.random() < 0.2}
        if self.x.shape[0].value is None:
            shapes = [tf.TensorShape([])] + [self.x.shape] * len(values)
            options["shape_invariants"] = shapes
        if draw.random() < 0.2:
            options["maximum_iterations"] = draw.randint(1, 3)
        if draw.random() < 0.2:
            options["parallel_iterations"] = 1
        loop = tf.while_loop(
            lambda i, *rest: i < times,
            lambda i, *rest: [i + 1, *self.within(seed, depth, list(rest), i)],
            [0, *values],
            **options,
        )
        return list(loop[1:])

    def within(self, seed, depth, values, index):
        """A block one level deeper, drawn from a seed of its own."""
        outer, self.draw = self.draw, random.Random(seed)
        try:
            return self.block(depth + 1, values, index)
        finally:
            self.draw = outer


def program(number):
    def run_program(tf, run):
        nest = Nest(tf, number)
        y = nest.program()
        grads = tf.gradients(y, [nest.x, nest.v])
        run(tf.global_variables_initializer())
        fetched = [y, [grad for grad in grads if grad is not None]]
        for p, n, x in ((True, 2, [0.5, -1.0]), (False, 3, [1.0, 0.25]), (True, 0, [-0.5, 0.75])):
            run(fetched, {nest.x: num(x), nest.p: p, nest.n: n})

    return run_program


for number in range(COUNT):
    suite.case(f"program_{number}", program(number), grad=False)
