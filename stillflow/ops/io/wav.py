"""Sounds in WAV files of 16 bits a sample."""

from __future__ import annotations

import struct

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import check_scalars, refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes

_FULL_SCALE = 1 << 15
_PCM = 1
_MOST = 2**31 - 1


# Reading ----------------------------------------------------------------------------------------


class _Reader:
    """Reads a file from its start to its end, and refuses to go beyond."""

    def __init__(self, data: bytes):
        self._data, self.at = data, 0

    def is_done(self) -> bool:
        return self.at >= len(self._data)

    def take(self, count: int) -> bytes:
        if self.at > len(self._data):
            refuse(f"Initial offset is outside data range: {self.at}")
        if self.at + count > len(self._data):
            refuse("Data too short when trying to read string")
        self.at += count
        return self._data[self.at - count : self.at]

    def expect(self, text: bytes) -> None:
        found = self.take(len(text))
        if found != text:
            expected = text.decode()
            refuse(f"Header mismatch: Expected {expected} but found {found.decode('latin-1')}")

    def number(self, form: str) -> int:
        return struct.unpack(f"<{form}", self.take(struct.calcsize(form)))[0]


def _decoded(data: bytes) -> tuple[np.ndarray, int]:
    """The samples, f32[n, channels], and how many of them there are in a second."""
    file = _Reader(data)
    file.expect(b"RIFF")
    file.number("I")
    file.expect(b"WAVE")
    file.expect(b"fmt ")
    channels, rate, frame = _header(file)
    samples = None
    while not file.is_done():
        kind, size = file.take(4), file.number("I")
        if size > _MOST:
            refuse(
                f"WAV data chunk '{kind.decode('latin-1')}' is too large: {size} bytes, but the "
                f"limit is {_MOST}"
            )
        if kind != b"data":
            file.at += size
            continue
        if samples is not None:
            refuse("More than one data chunk found in WAV")
        stored = np.frombuffer(file.take(size // frame * frame), "<i2")
        samples = stored.astype(np.float32) / np.float32(_FULL_SCALE)
    if samples is None:
        refuse("No data chunk found in WAV")
    return samples.reshape(-1, channels), rate


def _header(file: _Reader) -> tuple[int, int, int]:
    """How many channels, samples in a second, and bytes for all channels there are."""
    size = file.number("I")
    if size not in (16, 18):
        refuse(f"Bad file size for WAV: Expected 16 or 18, but got{size}")
    if (form := file.number("H")) != _PCM:
        refuse(f"Bad audio format for WAV: Expected 1 (PCM), but got{form}")
    if (channels := file.number("H")) < 1:
        refuse(f"Bad number of channels for WAV: Expected at least 1, but got {channels}")
    rate, in_second = file.number("I"), file.number("I")
    frame, bits = file.number("H"), file.number("H")
    if bits != 16:
        refuse(f"Can only read 16-bit WAV files, but received {bits}")
    if frame != 2 * channels:
        refuse(f"Bad bytes per sample in WAV header: Expected {2 * channels} but got {frame}")
    if in_second != frame * rate % 2**32:
        refuse(
            f"Bad bytes per second in WAV header: Expected {frame * rate % 2**32} but got "
            f"{in_second} (sample_rate={rate}, bytes_per_sample={frame})"
        )
    if size == 18:
        file.at += 2
    return channels, rate, frame


def _sound(ctx: ShapeContext) -> list[Sizes]:
    shapes.with_rank(ctx.shape(0), 0)
    sizes = []
    for name in ("samples", "channels"):
        wanted = ctx.attrs[f"desired_{name}"]
        if wanted < -1:
            raise ShapeError(f"{name} must be non-negative, got {wanted}")
        sizes.append(None if wanted == -1 else wanted)
    return [tuple(sizes), ()]


@op(
    "DecodeWav",
    "contents: string -> audio: float32, sample_rate: int32",
    shape=_sound,
    host=True,
)
def decode_wav(xp, contents, *, desired_channels: int = -1, desired_samples: int = -1):
    """Returns the samples of a WAV file, in [-1, 1], and how many there are in a second.

    Args:
      contents: the file, string[], of 16 bits a sample.
      desired_channels: how many channels to give; the last one is repeated. All by default.
      desired_samples: how many samples to give; zeros follow. All by default.

    Returns:
      f32[samples, channels], i32[].
    """
    check_scalars("{} must be scalar, got shape {}", contents=contents)
    samples, rate = _decoded(contents.item())
    count, channels = samples.shape
    wanted = channels if desired_channels == -1 else desired_channels
    samples = samples[:, np.minimum(np.arange(wanted), channels - 1)]
    length = count if desired_samples == -1 else desired_samples
    padded = np.zeros((length, wanted), np.float32)
    padded[: min(count, length)] = samples[:length]
    return padded, np.array(rate, np.uint32).astype(np.int32)


decode_wav.not_differentiable()


# Writing ----------------------------------------------------------------------------------------


def _contents(ctx: ShapeContext) -> Sizes:
    shapes.with_rank(ctx.shape(0), 2)
    shapes.with_rank(ctx.shape(1), 0)
    return ()


@op(
    "EncodeWav",
    "audio: float32, sample_rate: int32 -> contents: string",
    shape=_contents,
    host=True,
)
def encode_wav(xp, audio, sample_rate):
    """Returns a WAV file of 16 bits a sample, string[].

    Args:
      audio: f32[samples, channels]; what is beyond [-1, 1] is cut off.
      sample_rate: how many samples there are in a second, i32[].
    """
    if audio.ndim != 2:
        refuse(f"audio must be 2-dimensional{format_sizes(audio.shape)}")
    if sample_rate.ndim != 0:
        sizes = format_sizes(sample_rate.shape)
        refuse(f"Input sample_rate should be a scalar tensor, got {sizes} instead.")
    rate = sample_rate.item()
    count, channels = audio.shape
    if rate <= 0:
        refuse(f"sample_rate must be in (0, 2^32), got: {rate % 2**64}")
    if not 0 < channels < 2**16:
        refuse(f"num_channels must be in (0, 2^16), got: {channels}")
    if count == 0:
        refuse("num_frames must be positive.")
    scaled = audio.astype(np.float32) * np.float32(_FULL_SCALE)
    rounded = np.trunc(scaled + np.copysign(np.float32(0.5), scaled))
    samples = rounded.clip(-_FULL_SCALE, _FULL_SCALE - 1).astype("<i2").tobytes()
    frame = 2 * channels
    form = struct.pack("<HHIIHH", _PCM, channels, rate, rate * frame % 2**32, frame, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(samples)) + samples
    return np.array(b"RIFF" + struct.pack("<I", len(body)) + body, object)


encode_wav.not_differentiable()
