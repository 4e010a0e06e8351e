"""Sounds in WAV files, their spectrograms, and features of speech."""

import struct

import numpy as np

from .arrays import unit
from .suite import Suite, internal_module

suite = Suite("sounds")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def wav(channels=1, rate=8000, samples=(1, -2, 300, 32767), **changed):
    """A WAV file, some numbers of whose header may be changed."""
    data = struct.pack(f"<{len(samples)}h", *samples)
    given = {
        "form": 1,
        "in_second": 2 * channels * rate,
        "frame": 2 * channels,
        "bits": 16,
        "size": 16,
        "between": b"",
        "data_size": len(data),
    }
    given.update(changed)
    form = struct.pack(
        "<HHIIHH", given["form"], channels, rate, given["in_second"], given["frame"], given["bits"]
    )
    form += b"\0" * (given["size"] - 16)
    body = b"WAVEfmt " + struct.pack("<I", given["size"]) + form + given["between"]
    body += b"data" + struct.pack("<I", given["data_size"]) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def speech(tf):
    return internal_module(tf, "contrib.framework.python.ops.audio_ops")


@story
def read(tf, run):
    contents = tf.placeholder(tf.string, [])
    whole = tf.audio.decode_wav(contents)
    wanted = tf.audio.decode_wav(contents, desired_channels=3, desired_samples=5, name="wanted")
    short = tf.audio.decode_wav(contents, desired_channels=1, desired_samples=1)
    run.note([str(x.shape) for x in (whole.audio, whole.sample_rate, wanted.audio)])
    files = [
        wav(),
        wav(2, 44100, range(-9, 9, 3)),
        wav(size=18),
        wav(between=b"LIST\4\0\0\0abcd"),
    ]
    for file in files:
        run([*whole, *wanted, *short], {contents: file})


@story
def read_what_is_broken(tf, run):
    contents = tf.placeholder(tf.string, [])
    whole = tf.audio.decode_wav(contents)
    files = [
        b"",
        b"RIFX" + wav()[4:],
        wav()[:20],
        wav()[:-1],
        wav(size=20),
        wav(form=3),
        wav(channels=0, frame=2, in_second=16000),
        wav(bits=8),
        wav(frame=4),
        wav(in_second=1),
        wav(data_size=100),
        wav(data_size=2**31),
        wav() + b"data\2\0\0\0ab",
        wav()[:36],
        wav() + b"x",
    ]
    for file in files:
        run.refused(lambda file=file: run.session.run(whole, {contents: file}))
    run.refused(lambda: tf.audio.decode_wav(["a"]))
    run.refused(lambda: tf.audio.decode_wav("a", desired_channels=-2))


@story
def written(tf, run):
    sound = tf.placeholder(tf.float32, [None, None])
    rate = tf.placeholder(tf.int32, [])
    file = tf.audio.encode_wav(sound, rate)
    again = tf.audio.decode_wav(file)
    for values in (unit(5, 1), np.array([[0.5, -1.5], [2.0, 1.6 / 32768]], np.float32)):
        run([file, *again], {sound: values, rate: 16000})
    for values, hertz in ((unit(5, 1), 0), (unit(5, 1), -1), (unit(5, 1)[:0], 8), (unit(5, 0), 8)):
        run.refused(lambda v=values, h=hertz: run.session.run(file, {sound: v, rate: h}))


@story
def features(tf, run):
    audio_ops = speech(tf)
    sound = tf.placeholder(tf.float32, [None, 1])
    squares = audio_ops.audio_spectrogram(sound, window_size=60, stride=25, magnitude_squared=True)
    plain = audio_ops.audio_spectrogram(sound, 60, 25)
    coefficients = audio_ops.mfcc(
        squares, 8000, dct_coefficient_count=5, filterbank_channel_count=7
    )
    run.note([str(x.shape) for x in (squares, coefficients)])
    fixed = audio_ops.audio_spectrogram(tf.ones([100, 2]), 16, 8)
    run.note(str(fixed.shape))
    for values in (unit(200, 1), np.zeros((200, 1)), unit(50, 1)):
        run([squares, plain, coefficients], {sound: values})


@story
def features_of_many_channels(tf, run):
    """TensorFlow goes on in a channel where the one before ended, and counts what that gives."""
    audio_ops = speech(tf)
    sound = tf.placeholder(tf.float32, [None, None])
    spectrogram = audio_ops.audio_spectrogram(sound, 4, 4)
    run(spectrogram, {sound: unit(8, 2)})
    run.refused(lambda: run.session.run(spectrogram, {sound: unit(11, 3)}))


@story
def features_refused(tf, run):
    audio_ops = speech(tf)
    sound, rate = tf.placeholder(tf.float32), tf.placeholder(tf.int32)
    coefficients = audio_ops.mfcc(sound, rate)
    flat, deep = unit(8, 2), unit(2, 3, 9)
    for op, values, hertz in (
        (audio_ops.audio_spectrogram(sound, 1, 4), flat, 1),
        (audio_ops.audio_spectrogram(sound, 4, 4), deep, 1),
        (audio_ops.audio_spectrogram(sound, 4, 0), flat, 1),
        (coefficients, flat, 8000),
        (coefficients, deep, -1),
        (coefficients, deep, [1]),
        (coefficients, deep[:, :, :1], 8000),
        (audio_ops.mfcc(sound, rate, lower_frequency_limit=5000), deep, 8000),
        (audio_ops.mfcc(sound, rate, dct_coefficient_count=50), deep, 8000),
    ):
        feeds = {sound: values, rate: hertz}
        run.refused(lambda op=op, feeds=feeds: run.session.run(op, feeds))
    run(coefficients, {sound: np.abs(deep), rate: 100})
