"""A program that trains and saves until it is killed, and starts again, many times.

    python killed_program.py FOLDER KILLS SEED [--overwrite]

One process builds the program and forks: each child goes on where the one before it was killed.
After each kill the newest checkpoint must be whole, and not older than the last save that had
returned. Prints the last step. Every second child is left to save once.
"""

import argparse
import os
import random
import signal
import sys
import time

import numpy as np

import stillflow as tf
from stillflow.checkpoint.reader import CheckpointReader


class Program:
    def __init__(self, folder, overwrite):
        self.folder = folder
        self.step = tf.Variable(0, name="step")
        self.many = tf.Variable(np.zeros([40, 1000]), name="many")
        self.advance = [tf.assign_add(self.step, 1), tf.assign_add(self.many, np.ones([40, 1000]))]
        self.initialize = tf.global_variables_initializer()
        self.overwrite = overwrite

    def run(self, reports):
        """Restores, then saves for ever; writes a line to `reports` for each finished save."""
        saver = tf.train.Saver(max_to_keep=2)
        latest = tf.train.latest_checkpoint(self.folder)
        with tf.Session() as sess:
            if latest is None:
                sess.run(self.initialize)
            else:
                saver.restore(sess, latest)
                saver.recover_last_checkpoints([latest])
            while True:
                _, step = sess.run([self.advance, self.step])
                prefix = os.path.join(self.folder, "c")
                saver.save(sess, prefix, None if self.overwrite else self.step)
                os.write(reports, b"%d\n" % step)

    def saved_step(self):
        """The step of the newest checkpoint, all of which is read; 0 when there is none."""
        latest = tf.train.latest_checkpoint(self.folder)
        if latest is None:
            return 0
        reader = CheckpointReader(latest)
        step = reader.get_tensor("step")
        assert (reader.get_tensor("many") == step).all(), latest
        return int(step)


def killed_after(program, seconds, first_saves):
    """Runs the program in a child, kills it, and returns the last step it reported, or 0.

    The seconds begin when the child does or, with `first_saves`, after its first save.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            program.run(writing)
        finally:
            os._exit(1)
    os.close(writing)
    first = os.read(reading, 20) if first_saves else b"0 "
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the program failed"
    with os.fdopen(reading, "rb") as reports:
        return int((first + reports.read()).split()[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("kills", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--overwrite", action="store_true")
    options = parser.parse_args()
    moments = random.Random(options.seed)
    program = Program(options.folder, options.overwrite)
    saved = 0
    for number in range(options.kills):
        first_saves = number % 2 == 0
        seconds = moments.uniform(0, 0.02 if first_saves else 0.06)
        reported = max(saved, killed_after(program, seconds, first_saves))
        saved = program.saved_step()
        assert reported <= saved <= reported + 1, (reported, saved)
    print(saved)


if __name__ == "__main__":
    sys.exit(main())
