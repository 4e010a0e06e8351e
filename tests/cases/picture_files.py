"""Pictures as files: decoded, encoded, broken."""

import base64
import os
import shutil
import struct
import tempfile
import zlib

import numpy as np

from .suite import Suite

suite = Suite("picture_files")
EXACT = {"dct_method": "INTEGER_ACCURATE"}


def read(text):
    return base64.b64decode(text)


# 9 by 11 pixels, as Pillow wrote them: with a quarter of the pixels' number for chroma; with half;
# (4 by 5) with a quarter; with as many; grey; in several scans; of four inks.
SAMPLED = read(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZG"
    "NywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09P"
    "T09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAALAAkDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAA"
    "BQT/xAAgEAABAwIHAAAAAAAAAAAAAAAAAQIEESIDBRMVIVJi/8QAFQEBAQAAAAAAAAAAAAAAAAAAAQT/xAAaEQAB"
    "BQEAAAAAAAAAAAAAAAADAAECBAUR/9oADAMBAAIRAxEAPwAqFldKWiW2+ReJhs4tQv02dULb+wUZeMnMvTcK/9k="
)
HALVED = read(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZG"
    "NywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09P"
    "T09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAALAAkDASEAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAA"
    "BQME/8QAJxAAAQIEAgsAAAAAAAAAAAAAAQIDABESMRMhBAUUQlJTcZOU0dL/xAAVAQEBAAAAAAAAAAAAAAAAAAAD"
    "AP/EACURAAECBQEJAAAAAAAAAAAAAAECEQADBEFRMRMhYXGhssHR8P/aAAwDAQACEQMRAD8Ao46GhMKUEvoNSgCs"
    "HMIqTSmZNt0DMCdhGPZdE4NYeQx9QqUylKO08ntdra5vByl1yUg0BJfXc9y2Wv7NkSy0nEGGgjBZElJBuDO/SEKn"
    "Oe/3Ve4Okp5VVLeckKbPEAn7lgRJWQlxk9I//9k="
)
NARROW = read(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZG"
    "NywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09P"
    "T09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAFAAQDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAA"
    "AAT/xAAhEAABAgQHAAAAAAAAAAAAAAACAAEDBBExBRITISIyUf/EABQBAQAAAAAAAAAAAAAAAAAAAAX/xAAaEQEA"
    "AwADAAAAAAAAAAAAAAABAAIDBBFB/9oADAMBAAIRAxEAPwC2Xw2HMiWsZEUMnHNarPys1GbtTbxERGV20TtYRpyN"
    "C9gfWf/Z"
)
WHOLE = read(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZG"
    "NywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09P"
    "T09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAALAAkDAREAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAA"
    "BQT/xAAgEAABAwIHAAAAAAAAAAAAAAAAAQIEESIDBRMVIVJi/8QAFwEBAAMAAAAAAAAAAAAAAAAABgIEBf/EACIR"
    "AAECBAcBAAAAAAAAAAAAAAABAgQFEiERExQVMUFRYf/aAAwDAQACEQMRAD8AKhZXSlosio2nsjLorgS23yZe5/RD"
    "qReJhs4tQoTJ7kxuApa5bF+mzqgbzHeiWpT/2Q=="
)
GREY = read(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERX"
    "RTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/wAALCAALAAkBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAABAX/xAAgEAAB"
    "AwIHAAAAAAAAAAAAAAAAAQIEESIDBRIUIVFh/9oACAEBAAA/AJ0TLqUtH7DwpRsNvFqDNDekP//Z"
)
PROGRESSIVE = read(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVt"
    "VkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8"
    "fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wgARCAALAAkDAREAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAA"
    "A//EABcBAQEBAQAAAAAAAAAAAAAAAAQDAQX/2gAMAwEAAhADEAAAAQdjRW8uWo2f/8QAGBAAAgMAAAAAAAAAAAAA"
    "AAAAAAIBEBL/2gAIAQEAAQUCVDBFf//EABgRAAIDAAAAAAAAAAAAAAAAAAADAhAS/9oACAEDAQE/AVTNiq//xAAZ"
    "EQACAwEAAAAAAAAAAAAAAAAAAQIDERP/2gAIAQIBAT8BnZh2LWaz/8QAFBABAAAAAAAAAAAAAAAAAAAAIP/aAAgB"
    "AQAGPwIf/8QAFxABAQEBAAAAAAAAAAAAAAAAAQAQEf/aAAgBAQABPyHAS4X/2gAMAwEAAgADAAAAEEZP/8QAFxEB"
    "AQEBAAAAAAAAAAAAAAAAAQAQEf/aAAgBAwEBPxDA263/xAAXEQEAAwAAAAAAAAAAAAAAAAAAARBh/9oACAECAQE/"
    "EKCZs//EABgQAAMBAQAAAAAAAAAAAAAAAAARIWFx/9oACAEBAAE/EFqHBNDI/9k="
)
INKS = read(
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAUDg8SDw0UEhASFxUUGB4yIR4cHB49LC4kMklATEtHQEZFUFpzYlBVbVZF"
    "RmSIZW13e4GCgU5gjZeMfZZzfoF8/8AAFAgACwAJBEMRAE0RAFkRAEsRAP/EABgAAQEBAQEAAAAAAAAAAAAAAAYA"
    "BQME/8QAIhAAAQEIAgMAAAAAAAAAAAAAAAECAwQGExVSYhFCBRIh/9oADgRDAE0AWQBLAAA/AM+XupkWfUUxMTR5"
    "+jMWlZ9TxXPYglL3UY0neKHPzLSp7cKQtKk7xQOVG8lI/9k="
)
# A palette with a transparent colour; filtered rows; a bitmap.
PALETTE = read(
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAEAgMAAAA7XR3TAAAADFBMVEVLMvBLFPkNKP0yAP9yTOA/AAAAAnRSTlP/"
    "AOW3MEoAAAAUSURBVHicY9jrwPSBgenzASYGBgAaDgOnogTuqQAAAABJRU5ErkJggg=="
)
FILTERED = read(
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAECAIAAADJUWIXAAAAI0lEQVR4nGNkYPgvycAARywMIgwMDP/gCM7/A0HI"
    "/F8MDL8AWuoNhc9RFV8AAAAASUVORK5CYII="
)
BITMAP = read(
    "Qk1mAAAAAAAAADYAAAAoAAAABQAAAAMAAAABABgAAAAAADAAAADEDgAAxA4AAAAAAAAAAAAA/ygA+ygZ9ygy8yhL"
    "7yhkAP8UAP0UGfsUMvkUS/cUZAD/AAD/ABn/ADL/AEv/AGQA"
)


def png(width, height, bits, kind, rows, more=b""):
    """A PNG file of unfiltered rows, bytes each."""
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = [(b"IHDR", header), (b"IDAT", body), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    ]
    chunks.insert(1, more)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def gif(width, height, *frames):
    """A GIF file of 128 colours; a frame is (left, top, width, height, flags, pixels)."""
    colours = bytes(i * 5 % 256 for i in range(384))
    file = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x86, 0, 0) + colours
    for *box, flags, pixels in frames:
        # Codes of 8 bits: one that clears the table, the pixels themselves, one that ends them.
        codes = b"\x80" + bytes(pixels) + b"\x81"
        file += b"," + struct.pack("<HHHHB", *box, flags)
        file += b"\x07" + bytes([len(codes)]) + codes + b"\0"
    return file + b";"


ANIMATED = gif(5, 4, (0, 0, 5, 4, 0, range(20)), (1, 2, 3, 2, 0, range(100, 106)))
BYTES = (np.arange(48) * 37 % 256).astype(np.uint8)
WORDS = (np.arange(48) * 4099 % 65536).astype(">u2")


def rows_of(values, width):
    return [values[i : i + width].tobytes() for i in range(0, len(values), width)]


PNGS = {
    "grey": png(6, 8, 8, 0, rows_of(BYTES, 6)),
    "grey_and_alpha": png(3, 8, 8, 4, rows_of(BYTES, 6)),
    "rgb": png(2, 8, 8, 2, rows_of(BYTES, 6)),
    "rgba": png(3, 4, 8, 6, rows_of(BYTES, 12)),
    "grey_16": png(6, 8, 16, 0, rows_of(WORDS, 6)),
    "grey_and_alpha_16": png(3, 8, 16, 4, rows_of(WORDS, 6)),
    "rgb_16": png(2, 8, 16, 2, rows_of(WORDS, 6)),
    "rgba_16": png(3, 4, 16, 6, rows_of(WORDS, 12)),
    "two_colours": png(7, 3, 1, 0, [b"\x5a", b"\xf0", b"\x01"]),
    "four_greys": png(3, 2, 2, 0, [b"\x6c", b"\xe4"]),
    "palette": PALETTE,
    "filtered": FILTERED,
}
JPEGS = {
    "sampled": SAMPLED,
    "whole": WHOLE,
    "grey": GREY,
    "progressive": PROGRESSIVE,
    "inks": INKS,
}


def story(function):
    suite.case(function.__name__, function)
    return function


def try_all(run, op, feeds):
    """Logs what `op` gives for each feed, or how it fails: the class and TensorFlow's sentence."""
    for feed in feeds:
        try:
            run.note(run.session.run(op, feed))
        except Exception as error:
            sentence = str(error).split("\n")[0].strip()
            run.note(type(error).__name__ + ": " + sentence)


@story
def png_files(tf, run):
    contents = tf.placeholder(tf.string, [])
    for channels in (0, 1, 3, 4):
        for dtype in (tf.uint8, tf.uint16):
            pixels = tf.image.decode_png(contents, channels=channels, dtype=dtype)
            run.note(str(pixels.shape))
            try_all(run, pixels, [{contents: data} for data in PNGS.values()])


@story
def jpeg_files(tf, run):
    contents = tf.placeholder(tf.string, [])
    for options in (EXACT, {"fancy_upscaling": False}, {"ratio": 2}, {"channels": 1}):
        pixels = tf.image.decode_jpeg(contents, **options)
        try_all(run, pixels, [{contents: data} for data in JPEGS.values()])
    shape = tf.image.extract_jpeg_shape(contents, output_type=tf.int64)
    try_all(run, shape, [{contents: data} for data in JPEGS.values()])
    window = tf.placeholder(tf.int32, [4])
    part = tf.image.decode_and_crop_jpeg(contents, window, channels=1, **EXACT)
    windows = [[2, 3, 4, 5], [0, 0, 11, 9], [0, 0, 12, 9], [3, 3, 0, 1], [-1, 0, 2, 2]]
    try_all(run, part, [{contents: WHOLE, window: each} for each in windows])


@story
def jpeg_files_as_they_come(tf, run):
    """By the fast cosine transform, TensorFlow's default, and with chroma smoothed."""
    contents = tf.placeholder(tf.string, [])
    files = [*JPEGS.values(), HALVED, NARROW]
    try_all(run, tf.image.decode_jpeg(contents), [{contents: data} for data in files])
    part = tf.image.decode_and_crop_jpeg(contents, [3, 1, 4, 3])
    try_all(run, part, [{contents: data} for data in files])


@story
def gif_files(tf, run):
    contents = tf.placeholder(tf.string, [])
    frames = tf.image.decode_gif(contents)
    run.note(str(frames.shape))
    whole = 0, 0, 3, 5
    files = [
        ANIMATED,
        GREY,
        FILTERED,
        gif(3, 5, (*whole, 0x40, range(15))),  # interlaced
        gif(3, 5, (0, 0, 2, 5, 0, range(10)), (*whole, 0, range(15))),
        gif(3, 5, (*whole, 0, range(15)), (2, 4, 3, 2, 0, range(6))),
        gif(9, 9, (*whole, 0, range(15))),
        gif(3, 5),
        gif(3, 5, (*whole, 0, range(9))),
    ]
    try_all(run, frames, [{contents: data} for data in files])
    try_all(run, tf.image.decode_png(contents), [{contents: ANIMATED}, {contents: GREY}])


@story
def bmp_files(tf, run):
    contents = tf.placeholder(tf.string, [])
    for channels in (0, 3, 1):
        pixels = tf.image.decode_bmp(contents, channels=channels)
        downwards = BITMAP[:22] + struct.pack("<i", -3) + BITMAP[26:]
        try_all(run, pixels, [{contents: data} for data in (BITMAP, downwards, BITMAP[:60])])


@story
def files_of_any_kind(tf, run):
    contents = tf.placeholder(tf.string, [])
    for dtype in (tf.uint8, tf.uint16, tf.float32):
        for options in ({"expand_animations": False}, {"channels": 3}, {"channels": 4}):
            pixels = tf.image.decode_image(contents, dtype=dtype, **options)
            run.note(str(pixels.shape))
            files = (GREY, PNGS["rgb"], PNGS["grey_16"], ANIMATED, BITMAP)
            try_all(run, pixels, [{contents: data} for data in files])
    run(tf.image.is_jpeg([GREY, BITMAP]))


@story
def broken_files(tf, run):
    contents = tf.placeholder(tf.string, [])
    wrong = bytearray(PNGS["rgb"])
    wrong[-20] ^= 255
    enormous = [png(30000, 20000, 8, 2, [b""]), png(1 << 27, 8, 8, 2, [b""])]
    large_jpeg = WHOLE.replace(struct.pack(">HH", 11, 9), struct.pack(">HH", 65000, 65000))
    files = [
        b"",
        b"no picture\n\xff",
        WHOLE[:40],
        WHOLE[: len(WHOLE) - 20],
        FILTERED[:20],
        FILTERED[:60],
        bytes(wrong),
        *enormous,
        large_jpeg,
        ANIMATED[:-40],
        ANIMATED[:9],
    ]
    feeds = [{contents: data} for data in files]
    for name in ("decode_jpeg", "decode_png", "decode_gif"):
        try_all(run, getattr(tf.image, name)(contents), feeds)
    pixels = tf.image.decode_jpeg(contents, acceptable_fraction=0.5, channels=1, **EXACT)
    try_all(run, pixels, [{contents: GREY[:-4]}, {contents: GREY[:-30]}])
    for options in ({"ratio": 3}, {"dct_method": "SLOW"}, {"channels": 2}):
        pixels = tf.image.decode_jpeg(contents, **options)
        try_all(run, pixels, [{contents: GREY}])
    run.refused(lambda: tf.image.decode_image(contents, channels=2))


@story
def encoded_files(tf, run):
    grey, rgb = BYTES.reshape(8, 6, 1), BYTES.reshape(4, 4, 3)
    for pixels in (grey, BYTES.reshape(8, 3, 2), rgb, BYTES.reshape(4, 3, 4)):
        for dtype in (np.uint8, np.uint16):
            wide = pixels.astype(dtype) * (257 if dtype == np.uint16 else 1)
            file = tf.image.encode_png(wide, compression=3)
            run(tf.image.decode_png(file, channels=pixels.shape[2] % 2 and 3, dtype=wide.dtype))
    for options in (
        {},
        {"quality": 50, "progressive": True},
        {"chroma_downsampling": False, "optimize_size": True},
        {"density_unit": "cm", "x_density": 7, "y_density": 258},
    ):
        file = tf.image.encode_jpeg(rgb, **options)
        run(tf.image.decode_jpeg(file, **EXACT))
        run(tf.strings.substr(file, 0, 20))
    run(tf.image.decode_jpeg(tf.image.encode_jpeg(grey, format="grayscale"), **EXACT))
    run(tf.image.adjust_jpeg_quality(grey, 30))
    run(tf.image.adjust_jpeg_quality(grey.astype(np.float32) / 255, tf.constant(30)))
    for build in (
        lambda: tf.image.encode_jpeg(np.zeros([2, 2, 2], np.uint8)),
        lambda: tf.image.encode_jpeg(grey, format="rgb"),
        lambda: tf.image.encode_jpeg(grey, quality=101),
        lambda: tf.image.encode_png(np.zeros([2, 2, 5], np.uint8)),
        lambda: tf.image.encode_png(grey, compression=10),
    ):
        try_all(run, build(), [{}])


@story
def random_quality(tf, run):
    tf.set_random_seed(3)
    grey = tf.constant(BYTES.reshape(8, 6, 1))
    changed = tf.image.random_jpeg_quality(grey, 10, 90)
    run(changed)
    run(changed)
    run.refused(lambda: tf.image.random_jpeg_quality(grey, 90, 10))
    run.refused(lambda: tf.image.random_jpeg_quality(grey, 0, 101))


@story
def parts_of_strings(tf, run):
    run(tf.strings.substr([b"hello", b"world"], 1, 3))
    run(tf.strings.substr([b"hello", b"world"], [-3, 2], [2, 9]))
    run(tf.substr(b"hello", 0, -1))
    run(tf.strings.substr(["h\u00e9llo".encode("utf-8")], 1, 2, unit="UTF8_CHAR"))
    text = tf.placeholder(tf.string)
    try_all(run, tf.strings.substr(text, 3, 1), [{text: b"ab"}, {text: [b"abcd", b"ab"]}])
    try_all(run, tf.strings.substr(text, -3, 1, unit="UTF8_CHAR"), [{text: b"ab"}])
    run.refused(lambda: tf.strings.substr(text, [1], 1))


@story
def whole_files(tf, run):
    folder = tempfile.mkdtemp()
    try:
        path = tf.placeholder(tf.string, [])
        name = os.path.join(folder, "new", "a.txt")
        write = tf.io.write_file(path, b"hello")
        run.session.run(write, {path: name})
        run(tf.read_file(path), {path: name})
        found = tf.io.matching_files(path)
        run.note(len(run.session.run(found, {path: os.path.join(folder, "new", "*.txt")})))
        run.attempt(tf.io.read_file(path), {path: os.path.join(folder, "none")})
        run.note(str(found.shape))
    finally:
        shutil.rmtree(folder)
