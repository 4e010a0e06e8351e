"""Eager execution: operations that run when they are called.

**Mode.** A thread executes eagerly when the graph on top of its stack (`graph.context.graphs`) is
the EagerGraph, or when the stack is empty and eager execution is the default. So
`with tf.Graph().as_default()` and the bodies of functions are graph mode by themselves, and
`init_scope` leads back. `graph.context.executing_eagerly()` is the one question; the call of an
OpDef asks it.

**Execution.** In eager mode `OpDef.__call__` goes to `dispatch.execute(defn, args, kwargs)`. For
what was seen before (these types of inputs, these attributes) there is a kernel in `defn.kernels`:
the declaration's function with its attributes, ready for arrays. Any other call is bound and
converted as building does it. `dispatch.run(defn, inputs, attrs, name)` carries out one operation
whose attributes are complete, and gives the EagerOperation.

**Values.** `EagerTensor._value` is an array or a NumPy scalar, never changed. The value of a handle
is its resource; that of a variable's handle is `VariableName(v)`, where `v` is the key of its value
in the state's `variables`.

**State.** One `runtime.state.SessionState` for all eager operations of a process
(`state.eager_state()`): variables, random streams, kept things. A plan of a function runs against
the same state, so functions and eager code see the same variables. A variable's value goes when its
handle does.

**Records.** While a tape records (`graph.context.graphs.tapes`), each operation is handed to it as
an Operation or EagerOperation: `defn`, `inputs`, `outputs`, `attrs`. Gradient rules are called with
that very object. `graph.recording` has the protocol, and `record_operation` for what differentiates
itself; `gradients/tape.py` has the tape.
"""
