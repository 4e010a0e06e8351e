"""`tf.summary.audio`: sounds as WAV files of 16 bits a sample."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import format_sizes
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.summaries.common import (
    collected,
    is_summary_skipped,
    new_summary,
    no_summary,
    serialized,
    summary_scope,
    text_of,
)

_FULL_SCALE = 1 << 15


@op(
    "AudioSummaryV2",
    "tag: string, tensor: float32, sample_rate: float32 -> summary: string",
    shape=shapes.scalar,
    limits={"max_outputs": 1},
    host=True,
)
def audio_summary_op(xp, tag, sounds, sample_rate, *, max_outputs: int = 3):
    """sounds: f32[count, frames] or f32[count, frames, channels] in [-1, 1] -> string[]"""
    sounds, rate = np.asarray(sounds), float(sample_rate)
    if sounds.ndim not in (2, 3):
        refuse(f"Tensor must be 3-D or 2-D, got: {format_sizes(sounds.shape)}")
    if rate <= 0:
        refuse("sample_rate must be > 0")
    if rate >= 1 << 32:
        refuse(f"sample_rate must be in (0, 2^32), got: {rate:.0f}")
    summary, base = new_summary(), text_of(tag)
    for number, sound in enumerate(sounds.reshape(*sounds.shape[:2], -1)[:max_outputs]):
        value = summary.value.add(
            tag=f"{base}/audio" if max_outputs == 1 else f"{base}/audio/{number}"
        )
        value.audio.sample_rate = rate
        value.audio.length_frames, value.audio.num_channels = sound.shape
        value.audio.encoded_audio_string = _wav(sound, rate)
        value.audio.content_type = "audio/wav"
    return serialized(summary)


audio_summary_op.not_differentiable()


def _wav(sound: np.ndarray, rate: float) -> bytes:
    """sound: f32[frames, channels] -> a WAV file; what is beyond [-1, 1] is cut off."""
    scaled = sound * np.float32(_FULL_SCALE)
    rounded = np.trunc(scaled + np.copysign(np.float32(0.5), scaled))
    samples = rounded.clip(-_FULL_SCALE, _FULL_SCALE - 1).astype("<i2")
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        whole_rate = max(1, round(rate))
        file.setparams((sound.shape[1], 2, whole_rate, len(sound), "NONE", "not compressed"))
        file.writeframes(samples.tobytes())
    return content.getvalue()


def audio(
    name: str,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int = 3,
    collections: Sequence[str] | None = None,
    family: str | None = None,
) -> Tensor:
    """Returns a serialized Summary, string[], of the first `max_outputs` sounds.

    tensor: f32[count, frames] or f32[count, frames, channels] in [-1, 1]; sample_rate: f32[], in
    hertz; collections, family: as in `tf.summary.scalar`.
    """
    if is_summary_skipped():
        return no_summary()
    with summary_scope(name, family, [tensor]) as (tag, scope):
        rate = convert_to_tensor(sample_rate, dtype=dtypes.float32, name="sample_rate")
        summary = audio_summary_op(tag, tensor, rate, max_outputs=max_outputs, name=scope)
        return collected(summary, collections)
