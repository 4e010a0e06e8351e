"""Pictures of digits as a camera or a scanner makes them, drawn from a seed."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = (None, "DejaVuSans.ttf", "DejaVuSerif.ttf", "DejaVuSansMono-Bold.ttf")  # None: Pillow's own
# A pen's way through each digit, in a square of 100: lines that a hand might draw.
PEN = {
    0: [[(50, 10), (28, 22), (20, 50), (28, 80), (50, 92), (72, 80), (80, 50), (72, 22), (50, 10)]],
    1: [[(38, 28), (54, 10), (52, 92)]],
    2: [[(24, 30), (34, 14), (54, 8), (72, 20), (70, 38), (46, 64), (22, 90), (80, 88)]],
    3: [
        [(26, 16), (50, 8), (70, 18), (68, 36), (44, 46)],
        [(44, 46), (70, 54), (76, 72), (60, 88), (38, 92), (22, 84)],
    ],
    4: [[(34, 10), (22, 56), (82, 54)], [(64, 12), (62, 94)]],
    5: [[(74, 10), (34, 12), (30, 44), (56, 40), (74, 54), (72, 78), (50, 92), (26, 86)]],
    6: [[(62, 8), (38, 30), (26, 62), (36, 88), (60, 90), (72, 72), (58, 56), (30, 64)]],
    7: [[(20, 14), (78, 12), (58, 50), (44, 92)]],
    8: [
        [(50, 50), (26, 32), (34, 12), (58, 8), (72, 22), (62, 42), (40, 56)],
        [(40, 56), (24, 76), (40, 92), (64, 90), (74, 72), (50, 50)],
    ],
    9: [[(70, 26), (50, 10), (30, 22), (32, 44), (54, 50), (70, 28), (68, 60), (58, 92)]],
}


class Scene(NamedTuple):
    """How a digit lies in its picture."""

    size: tuple[int, int] = (400, 400)
    height: float = 0.5  # of the digit, as a share of the picture's shorter side
    at: tuple[float, float] = (0.5, 0.5)
    angle: float = 0.0  # degrees
    paper: float = 0.92
    ink: float = 0.15
    shade: float = 0.0  # how much less light falls on one corner
    shadow: bool = False  # an edge of shadow across the picture
    noise: float = 0.0
    blur: float = 0.0
    specks: int = 0


def in_ink(digit: int, width: float, side: int = 300) -> Image.Image:
    """The digit drawn with a round pen of `width` (of 100): "L", 255 ink."""
    image = Image.new("L", (side, side))
    draw, scale = ImageDraw.Draw(image), side / 100
    radius = width * scale / 2
    for stroke in PEN[digit]:
        line = [(x * scale, y * scale) for x, y in stroke]
        draw.line(line, 255, round(2 * radius), joint="curve")
        for x, y in line:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
    return image


def in_print(digit: int, font: str | None, side: int = 300) -> Image.Image:
    """The digit in a font that comes with the tests' own packages: "L", 255 ink."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    face = ImageFont.truetype(folder / font, side) if font else ImageFont.load_default(side)
    image = Image.new("L", (2 * side, 2 * side))
    ImageDraw.Draw(image).text((side, side), str(digit), 255, face, anchor="mm")
    return image.crop(image.getbbox())


def from_mnist(image: np.ndarray, side: int = 300) -> Image.Image:
    """image: f32[28, 28], 1 ink -> "L", enlarged."""
    small = Image.fromarray((image * 255).astype(np.uint8))
    return small.resize((side, side), Image.Resampling.BICUBIC)


def photograph(drawing: Image.Image, scene: Scene, seed: int = 0) -> Image.Image:
    """Lays a drawing in its scene and takes its picture: "L"."""
    random = np.random.RandomState(seed)
    width, height = scene.size
    ink = _placed(drawing, scene)
    for _ in range(scene.specks):
        y, x = random.randint(0, height - 3), random.randint(0, width - 3)
        ink[y : y + 2, x : x + 2] = 1
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    light = 1 - scene.shade * (x + y) / 2
    if scene.shadow:
        light = light * np.where(x + 0.4 * y > 0.75, 0.6, 1.0)
    grey = (scene.paper + (scene.ink - scene.paper) * ink) * light
    grey = grey + scene.noise * random.randn(height, width)
    picture = Image.fromarray((np.clip(grey, 0, 1) * 255).astype(np.uint8))
    return picture.filter(ImageFilter.GaussianBlur(scene.blur)) if scene.blur else picture


def _placed(drawing: Image.Image, scene: Scene) -> np.ndarray:
    """The share of ink in each of the scene's pixels, f64[h, w]"""
    turned = drawing.rotate(scene.angle, Image.Resampling.BICUBIC, expand=True)
    turned = turned.crop(turned.getbbox())
    scale = scene.height * min(scene.size) / turned.height
    turned = turned.resize((max(1, round(turned.width * scale)), round(turned.height * scale)))
    canvas = Image.new("L", scene.size)
    corner = [
        round(share * (whole - part))
        for share, whole, part in zip(scene.at, scene.size, turned.size, strict=True)
    ]
    canvas.paste(turned, tuple(corner))
    return np.asarray(canvas) / 255


def on_a_desk(sheet: Image.Image, desk: int, angle: float = 0, side: int = 640) -> Image.Image:
    """A sheet of paper that lies, turned, on a desk of another brightness: "L"."""
    picture = Image.new("L", (side, side), desk)
    turned = sheet.convert("LA").rotate(angle, Image.Resampling.BICUBIC, expand=True)
    corner = ((side - turned.width) // 2, (side - turned.height) // 3)
    picture.paste(turned.getchannel("L"), corner, turned.getchannel("A"))
    return picture


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    """The bytes of a file that holds the picture."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png_header(width, height):
    """A PNG that says it has width x height pixels, and has a few bytes."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000)))


SCENES = {
    "scan": Scene(),
    "inverse": Scene(paper=0.1, ink=0.85),
    "turned left": Scene(angle=10, noise=0.02),
    "turned right": Scene(angle=-12),
    "off centre": Scene(at=(0.06, 0.92), height=0.25),
    "small in a large photograph": Scene(
        size=(1200, 900), height=0.12, at=(0.7, 0.3), noise=0.03, blur=1, shade=0.3
    ),
    "uneven light": Scene(shade=0.7, noise=0.02, blur=1),
    "a shadow's edge": Scene(shadow=True, noise=0.02, blur=1.5),
    "chalk": Scene(paper=0.25, ink=0.8, shade=0.5, noise=0.05, angle=5),
    "pale pencil": Scene(ink=0.7, noise=0.03),
    "specks": Scene(specks=40, noise=0.02),
    "noisy": Scene(noise=0.12, blur=1),
    "tiny": Scene(size=(40, 30), height=0.8),
    "cropped close": Scene(size=(160, 200), height=0.97),
    "wide": Scene(size=(900, 200), height=0.8, at=(0.2, 0.5)),
}
