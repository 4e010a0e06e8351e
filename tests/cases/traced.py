"""Traced runs as `client.timeline` shows them: what tensors take, and when they took the most."""

import json

from .suite import Suite, internal_module

suite = Suite("traced")
# (device, name, type, inputs, start, duration, (allocator, bytes) of each output)
STEPS = [
    ("/cpu:0", "a", "Const", "", 100, 20, [("cpu", 400)]),
    ("/cpu:0", "b", "Split", "a", 121, 30, [("cpu", 200), ("cpu", 120)]),
    ("/cpu:1", "c", "Neg", "b:1", 152, 10, [("cpu", 500), ("host", 7)]),
    ("/cpu:0", "d", "Add", "b, a", 160, 15, [("cpu", 60)]),
    ("/cpu:0", "e", "NoOp", "^d, gone", 176, 1, []),
    ("/cpu:1", "f", "Sum", "c, d", 180, 5, [("host", 4), ("cpu", 0)]),
]


def stats(tf, steps):
    found = tf.RunMetadata().step_stats
    devices = {name: found.dev_stats.add(device=name) for name in sorted({s[0] for s in steps})}
    for device, name, kind, inputs, start, duration, outputs in steps:
        node = devices[device].node_stats.add(
            node_name=name, all_start_micros=start, all_end_rel_micros=duration,
            timeline_label=f"{name} = {kind}({inputs})",
        )  # fmt: skip
        for slot, (allocator, size) in enumerate(outputs):
            described = node.output.add(slot=slot).tensor_description
            described.allocation_description.allocator_name = allocator
            described.allocation_description.requested_bytes = size
    return found


def analysed(steps):
    def story(tf, run):
        timeline = internal_module(tf, "python.client.timeline").Timeline(stats(tf, steps))
        found = timeline.analyze_step_stats()
        for allocator, most in sorted(found.allocator_maximums.items()):
            run.note([allocator, most.timestamp, most.num_bytes, sorted(most.tensors)])
        events = json.loads(found.chrome_trace.format_to_string())["traceEvents"]
        for event in events:
            if event["ph"] == "C":
                run.note([event["name"], event["cat"], event["ts"], event["args"]])
            elif event["ph"] == "X":
                run.note([event["name"], event["ts"], event["dur"], event["args"]])

    return story


suite.case("tensors of two devices and allocators", analysed(STEPS), grad=False)
suite.case("one step", analysed(STEPS[:1]), grad=False)
suite.case("no step", analysed([]), grad=False)
