"""Sequence to sequence, a step at a time: `tf.contrib.learn.ops`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.layers.recurrent.static import static_rnn
from stillflow.ops.array.filling import zeros
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.stacking import stack, unstack
from stillflow.ops.math.arithmetic import add_n
from stillflow.ops.nn.cross_entropy import softmax_cross_entropy_with_logits
from stillflow.ops.nn.softmax import softmax
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.variables.scope import get_variable_scope, variable_scope
from stillflow.platform.deprecation import deprecated

_INSTEAD = "Please use tf.nn/tf.layers directly."


@deprecated(None, _INSTEAD)
def sequence_classifier(
    decoding: Sequence[Any],
    labels: Sequence[Any],
    sampling_decoding: Sequence[Any] | None = None,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """(probabilities, loss) of a sequence of logits.

    Args:
      decoding: the logits of each step, f32[n, classes].
      labels: their one-hot labels.
      sampling_decoding: logits for the probabilities, which do not depend on what was wanted.

    Returns:
      f32[n, steps, classes], and the sum of the cross entropies, f32[].
    """
    with name_scope(name, "sequence_classifier", [decoding, labels]):
        entropies = [
            softmax_cross_entropy_with_logits(
                labels=wanted, logits=logits, name=f"sequence_loss/xent_raw{step}"
            )
            for step, (logits, wanted) in enumerate(zip(decoding, labels, strict=False))
        ]
        predictions = [softmax(logits) for logits in sampling_decoding or decoding]
        total = add_n(entropies, name="sequence_loss/xent")
        loss = reduce_sum(total, name="sequence_loss")
        return stack(predictions, axis=1), loss


@deprecated(None, _INSTEAD)
def seq2seq_inputs(
    x: Any,
    y: Any,
    input_length: int,
    output_length: int,
    sentinel: Any = None,
    name: str | None = None,
) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """The steps that an encoder takes, that a decoder takes, and that it should give.

    Args:
      x: [n, input_length, k].
      y: [n, output_length, m].
      sentinel: what the decoder takes first and should give last, [n, m]; zeros by default.
    """
    del input_length, output_length
    with name_scope(name, "seq2seq_inputs", [x, y]):
        encoded, decoded = unstack(x, axis=1), unstack(y, axis=1)
        if sentinel is None:
            width = decoded[0].get_shape()[1]
            sentinel = zeros(stack([shape(x)[0], width]))
            sentinel.set_shape(decoded[0].get_shape())
        return encoded, [sentinel, *decoded], [*decoded, sentinel]


@deprecated(None, _INSTEAD)
def rnn_decoder(
    decoder_inputs: Sequence[Any], initial_state: Any, cell: Any, scope: Any = None
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """A decoder, to be trained and to be sampled from, with the same variables.

    Args:
      decoder_inputs: what it takes in training, [n, k] each.

    Returns:
      (outputs, states) in training; (outputs, states) in sampling, where each step takes the
      output of the one before. States begin with the initial one.
    """
    with variable_scope(scope or "dnn_decoder"):
        states, outputs = [initial_state], []
        with name_scope("training", values=[decoder_inputs, initial_state]):
            for step, taken in enumerate(decoder_inputs):
                if step > 0:
                    get_variable_scope().reuse_variables()
                output, state = cell(taken, states[-1])
                outputs.append(output)
                states.append(state)
        # The first step takes the same in both, and its state counts twice.
        sampling_outputs, sampling_states = outputs[:1], [initial_state, initial_state]
        with name_scope("sampling", values=[initial_state]):
            for _ in decoder_inputs[1:]:
                output, state = cell(sampling_outputs[-1], sampling_states[-1])
                sampling_outputs.append(output)
                sampling_states.append(state)
    return outputs, states, sampling_outputs, sampling_states


@deprecated(None, _INSTEAD)
def rnn_seq2seq(
    encoder_inputs: Sequence[Any],
    decoder_inputs: Sequence[Any],
    encoder_cell: Any,
    decoder_cell: Any = None,
    dtype: Any = dtypes.float32,
    scope: Any = None,
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """`rnn_decoder`, from the last state of an encoder of `encoder_inputs`.

    Args:
      decoder_cell: the encoder's by default.
      dtype: of the encoder's first state.
    """
    with variable_scope(scope or "rnn_seq2seq"):
        _, state = static_rnn(encoder_cell, encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, decoder_cell or encoder_cell)
