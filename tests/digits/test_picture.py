"""Picture files of every kind become grey levels, and the digit in them an image as MNIST's are."""

import io

import drawn
import numpy as np
import pytest
from PIL import Image

from stillflow.digits import locate, picture, sheet


def gradient(height=20, width=30):
    """uint8[h, w], dark at the left, light at the right"""
    return np.tile(np.linspace(0, 255, width, dtype=np.uint8), (height, 1))


GREY = Image.fromarray(gradient())
FILES = {
    "png": drawn.encoded(GREY),
    "png, palette": drawn.encoded(GREY.convert("P")),
    "png, colour": drawn.encoded(GREY.convert("RGB")),
    "png, opaque": drawn.encoded(GREY.convert("RGBA")),
    "png, grey with alpha": drawn.encoded(GREY.convert("LA")),
    "png, 16 bit": drawn.encoded(Image.fromarray(gradient().astype(np.uint16) * 257)),
    "bmp": drawn.encoded(GREY, "BMP"),
    "jpeg": drawn.encoded(GREY, "JPEG", quality=95),
    "jpeg, cmyk": drawn.encoded(GREY.convert("CMYK"), "JPEG", quality=95),
}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_every_kind_of_file_gives_the_same_grey_levels(data):
    grey = picture.read(data)
    assert grey.dtype == np.float32
    assert grey.shape == (20, 30)
    np.testing.assert_allclose(grey, gradient() / 255, atol=0.02)


def test_two_levels_are_black_and_white():
    grey = picture.read(drawn.encoded(Image.fromarray(gradient() > 127)))
    assert sorted(set(grey.ravel())) == [0, 1]


def test_a_photograph_lies_as_its_camera_says():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter to the right
    grey = picture.read(drawn.encoded(GREY, "JPEG", exif=exif.tobytes()))
    assert grey.shape == (30, 20)
    assert grey[0].mean() < 0.1 < 0.9 < grey[-1].mean()


@pytest.mark.parametrize(("ink", "paper"), [(0, 1), (255, 0)])
def test_what_is_transparent_stands_out(ink, paper):
    opaque = gradient() > 200
    rgba = np.full((20, 30, 4), ink, np.uint8)
    rgba[..., 3] = 255 * opaque
    grey = picture.read(drawn.encoded(Image.fromarray(rgba)))
    np.testing.assert_allclose(grey[opaque], ink / 255)
    np.testing.assert_allclose(grey[~opaque], paper)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_picture_is_shrunk(kind):
    grey = picture.read(drawn.encoded(Image.new("L", (3000, 1500), 128), kind))
    assert grey.shape == (picture.WORKING_SIDE // 2, picture.WORKING_SIDE)
    np.testing.assert_allclose(grey, 128 / 255, atol=0.01)


def test_a_line_of_pixels_stays_a_line():
    assert picture.read(drawn.encoded(Image.new("L", (3000, 1)))).shape == (1, picture.WORKING_SIDE)


NO_PICTURES = {
    "nothing": b"",
    "text": b"seven",
    "a page": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a format that is not read": drawn.encoded(GREY, "TIFF"),
    "a header's first bytes": drawn.encoded(GREY)[:12],
    "no pixels": drawn.png_header(0, 5),
}


@pytest.mark.parametrize("data", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_says_what_is_read(data):
    with pytest.raises(picture.PictureError, match="not a picture: PNG, JPEG and BMP are read"):
        picture.read(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_a_file_that_is_cut_off_says_so(kind):
    noise = Image.fromarray(np.random.RandomState(0).randint(0, 255, (64, 64), np.uint8))
    data = drawn.encoded(noise, kind)
    with pytest.raises(picture.PictureError, match="cut off or broken"):
        picture.read(data[: len(data) // 2])


def read_or_none(data):
    try:
        return picture.read(data)
    except picture.PictureError:
        return None


def digit_or_none(grey):
    try:
        return locate.digit(grey)
    except picture.PictureError:
        return None


@pytest.mark.parametrize("damage", range(60))
def test_damaged_files_are_read_or_refused(damage):
    """Nothing but a PictureError comes out of a decoder."""
    random = np.random.RandomState(damage)
    data = bytearray(list(FILES.values())[damage % len(FILES)])
    for _ in range(3):
        data[random.randint(8, len(data))] = random.randint(256)
    grey = read_or_none(bytes(data))
    assert grey is None or 0 <= grey.min() <= grey.max() <= 1


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [7100, 10_000, 60_000, 2**31 - 1])
def test_a_bomb_is_refused_by_its_header(side):
    """The file has a kilobyte; unpacked it would fill the memory."""
    with pytest.raises(picture.PictureError, match="more than 50 million pixels"):
        picture.read(drawn.png_header(side, side))


def test_a_lower_limit_can_be_asked_for():
    with pytest.raises(picture.PictureError, match="more than 16 million pixels"):
        picture.read(drawn.png_header(5000, 5000), max_pixels=16_000_000)


def test_the_digit_is_scaled_and_centred_as_in_mnist():
    """28x28, the longer side 20, the centre of its mass where MNIST has it; the ink is 1."""
    scene = drawn.Scene(size=(500, 300), height=0.3, at=(0.9, 0.1))
    image = locate.digit(np.asarray(drawn.photograph(drawn.in_ink(3, 8), scene)) / 255)
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    assert image.max() == pytest.approx(1, abs=1e-4)
    assert image.min() == 0
    rows = np.flatnonzero(image.max(axis=1) > 0.3)
    assert rows[-1] - rows[0] + 1 == pytest.approx(20, abs=1)
    centre = (image.sum(axis=1) @ np.arange(28) / image.sum(), np.arange(28) @ image.sum(axis=0))
    assert centre[0] == pytest.approx(14, abs=0.6)
    assert centre[1] / image.sum() == pytest.approx(14, abs=0.6)


@pytest.mark.parametrize("width", [2, 6, 20])
def test_thin_and_thick_pens_leave_strokes_alike(width):
    picture_of = drawn.photograph(drawn.in_ink(7, width), drawn.Scene())
    mass = locate.digit(np.asarray(picture_of) / 255).sum()
    assert 60 < mass < 160  # MNIST's sevens: 91 on average


def test_ink_and_paper_may_be_swapped():
    dark = np.asarray(drawn.photograph(drawn.in_ink(5, 8), drawn.Scene(shade=0.4))) / 255
    np.testing.assert_allclose(locate.digit(1 - dark), locate.digit(dark), atol=1e-3)


def test_a_bar_is_a_one():
    """All of it is ink, up to the edges of the rectangle around it."""
    grey = np.ones((100, 80), np.float32)
    grey[20:80, 38:44] = 0.1
    image = locate.digit(grey)
    rows = image.sum(axis=1)
    assert 19 <= np.count_nonzero(rows) <= 21
    np.testing.assert_allclose(rows[6:22], 2.2, atol=0.4)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_drawn_gives_an_image_or_a_reason(seed):
    """Rectangles of all sizes and greys, over the edge or not."""
    random = np.random.RandomState(seed)
    grey = np.full(random.randint(1, 90, 2), random.rand(), np.float32)
    for _ in range(random.randint(6)):
        (top, left), (height, width) = random.randint(0, grey.shape), random.randint(1, 40, 2)
        grey[top : top + height, left : left + width] = random.rand()
    image = digit_or_none(grey)
    assert image is None or (image.shape == (28, 28) and 0 <= image.min() < image.max() <= 1)


@pytest.mark.parametrize("angle", [0, 6, -6])
@pytest.mark.parametrize("desk", [0, 100, 255])
def test_the_edge_of_a_sheet_is_not_ink(desk, angle):
    paper = 0.92 if desk < 200 else 0.6
    alone = drawn.photograph(drawn.in_ink(4, 7), drawn.Scene(size=(300, 380), paper=paper))
    on_desk = np.asarray(drawn.on_a_desk(alone, desk, angle)) / 255
    turned = alone.rotate(angle, Image.Resampling.BICUBIC, fillcolor=round(255 * paper))
    found, expected = (locate.digit(np.asarray(a)) for a in (on_desk, np.asarray(turned) / 255))
    assert abs(found - expected).mean() < 0.02


@pytest.mark.parametrize(("digit", "width"), [(0, 12), (0, 28), (1, 20), (8, 20)])
def test_a_thick_digit_is_no_sheet(digit, width):
    grey = np.asarray(drawn.photograph(drawn.in_ink(digit, width), drawn.Scene(height=0.8))) / 255
    assert sheet.laid_bare(grey, 0.5) is None
    assert sheet.laid_bare(1 - grey, 0.5) is None


BLANK = {
    "white": np.ones((200, 200)),
    "black": np.zeros((50, 80)),
    "one pixel": np.ones((1, 1)),
    "noise": 0.5 + 0.1 * np.random.RandomState(1).randn(300, 300),
    "light from one side": np.tile(np.linspace(0.2, 0.9, 300), (200, 1)),
}


@pytest.mark.parametrize("grey", BLANK.values(), ids=BLANK)
def test_a_picture_without_a_digit_says_so(grey):
    with pytest.raises(picture.PictureError, match="no digit in the picture"):
        locate.digit(grey.astype(np.float32))


def test_reading_leaves_the_callers_bytes_alone():
    data = drawn.encoded(GREY)
    file = io.BytesIO(data)
    picture.read(file.getbuffer())
    assert file.getvalue() == data
