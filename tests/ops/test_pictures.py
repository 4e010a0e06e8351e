"""Pictures: what no recording shows."""

import struct
import sys
import tracemalloc
import zlib

import numpy as np
import pytest
from cases import picture_files

import stillflow as tf
from stillflow.ops.image import pillow, sampling


def test_patches_give_back_where_only_the_run_knows_the_size():
    image = np.arange(90, dtype=np.float32).reshape(2, 5, 3, 3)
    weights = np.linspace(0.5, 1.5, 2 * 3 * 2 * 12, dtype=np.float32).reshape(2, 3, 2, 12)
    found = []
    for shape in ([2, 5, 3, 3], [None, 5, None, None], None):
        with tf.Graph().as_default(), tf.Session() as session:
            x = tf.placeholder(tf.float32, shape)
            patches = tf.image.extract_image_patches(
                x, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "SAME"
            )
            found.append(session.run(tf.gradients(patches * weights, x)[0], {x: image}))
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])


@pytest.mark.parametrize("places", [2, 40])
def test_a_sum_over_places_is_a_product_with_its_matrix(places):
    """Whether it is summed place by place or multiplied; and so is its gradient."""
    random = np.random.default_rng(0)
    sources = random.integers(0, 9, (places, 5))
    found = sampling.Places(sources, random.standard_normal((places, 5)).astype(np.float32))
    x = random.standard_normal((2, 3, 9, 2)).astype(np.float32)
    wanted = np.einsum("pw,nhwc->nhpc", found.matrix(9), x)
    np.testing.assert_allclose(sampling.applied(np, x, found, 2), wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.turned(9).matrix(5), found.matrix(9).T, rtol=1e-5, atol=1e-6)


def decoded(op, data):
    with tf.Graph().as_default(), tf.Session() as session:
        contents = tf.placeholder(tf.string, [])
        return session.run(op(contents), {contents: data})


BOMBS = {
    "png": picture_files.png(20000, 20000, 8, 2, [b""]),
    "jpeg": picture_files.WHOLE.replace(struct.pack(">HH", 11, 9), struct.pack(">HH", 9999, 9999)),
    "gif": picture_files.gif(30000, 30000, (0, 0, 30000, 30000, 0, range(9))),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_small_file_takes_no_memory_for_what_it_cannot_hold(kind):
    tracemalloc.start()
    with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid"):
        decoded(getattr(tf.image, f"decode_{kind}"), BOMBS[kind])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_png_file_takes_the_filters_that_make_it_small():
    ramp = np.add.outer(np.arange(64), np.arange(64)).astype(np.uint8)[..., None]
    with tf.Graph().as_default(), tf.Session() as session:
        file = session.run(tf.image.encode_png(ramp))
    assert len(file) < 200 < len(zlib.compress(ramp.tobytes()))
    np.testing.assert_array_equal(decoded(tf.image.decode_png, file), ramp)


def test_without_pillow_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    pillow.image_module.cache_clear()
    with pytest.raises(tf.errors.UnimplementedError, match=r"pip install 'stillflow\[image\]'"):
        decoded(tf.image.decode_jpeg, picture_files.GREY)
    pillow.image_module.cache_clear()


def test_a_pixel_that_is_no_number_spoils_its_neighbours_only(monkeypatch):
    """Compiled too, where an axis is multiplied by a matrix."""
    image = np.ones((1, 9, 9, 1), np.float32)
    image[0, 4, 4] = np.nan
    found = {}
    for tier in ("host", "xla"):
        monkeypatch.setenv("STILLFLOW_TIER", tier)
        with tf.Graph().as_default(), tf.Session() as session:
            x = tf.placeholder(tf.float32, [1, 9, 9, 1])
            found[tier] = session.run(tf.image.resize_bilinear(x, [14, 14]), {x: image})
    np.testing.assert_array_equal(found["xla"], found["host"])
    assert 0 < np.isnan(found["xla"]).sum() < 20
