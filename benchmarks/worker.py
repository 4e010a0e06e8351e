"""Runs one system's workloads on request, inside that system's own Python (3.7 or newer).

`worker.py SYSTEM` reads requests, a JSON object a line, and answers each with one:
  {"prepare": workload, "params": {...}, "key": name}   builds and warms it up -> {"ready": true}
  {"measure": seconds, "key": name}   runs it so long              -> {"times": [s per step, ...]}
  {"forget": true}                    lets go of what was prepared -> {"ready": false}
A system without that workload is not ready. An answer may be {"error": text} instead. What the
system itself prints goes to stderr.
"""

import gc
import importlib
import json
import os
import sys
import time
import traceback

SAMPLE_SECONDS = 0.005  # a sample is a batch of steps that takes at least so long
WARM_STEPS, WARM_SECONDS = 2000, 1.5


class Workload:
    def __init__(self, module, name, params):
        self.step = getattr(module, name)(**params)
        self.once = getattr(self.step, "once", False)
        if not self.once:
            self._warm_up()
        self.batch = self._batch()

    def _warm_up(self):
        start = time.perf_counter()
        least = getattr(self.step, "warm_steps", 1)  # what is long is compiled after some runs
        for done in range(1, WARM_STEPS + 1):
            self.step()
            if done >= least and time.perf_counter() - start > WARM_SECONDS:
                break

    def _batch(self):
        if self.once:
            return 1
        # What gives elements that threads made before is timed while they make as many more.
        least = getattr(self.step, "sample_seconds", None)
        start, done, passed = time.perf_counter(), 0, 0.0
        while not done or passed < (least or 0):
            self.step()
            done, passed = done + 1, time.perf_counter() - start
        return max(1, int(done * (least or SAMPLE_SECONDS) / max(passed, 1e-7)))

    def measure(self, seconds):
        times, end = [], time.perf_counter() + seconds
        while True:
            if self.once:
                gc.collect()  # what the one before has left is not of this one
            start = time.perf_counter()
            for _ in range(self.batch):
                self.step()
            now = time.perf_counter()
            times.append((now - start) / self.batch)
            if now >= end:
                return times


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    module = importlib.import_module("systems." + sys.argv[1])
    ready = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "forget" in request:
                ready.clear()
                answer = {"ready": False}
            elif "measure" in request:
                answer = {"times": ready[request["key"]].measure(request["measure"])}
            elif hasattr(module, request["prepare"]):
                workload = Workload(module, request["prepare"], request["params"])
                ready[request["key"]] = workload
                answer = {"ready": True}
            else:
                answer = {"ready": False}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": "{}: {}".format(type(error).__name__, str(error).split("\n")[0])}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
