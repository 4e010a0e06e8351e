"""Takes the pictures of the digits page that the README shows: on a desktop, and on a phone.

    stillflow digits serve --model MODEL &
    python tools/shoot_digits.py

Writes docs/images/digits-page.png and docs/images/digits-phone.png. Needs playwright and a Chromium
(CHROMIUM names another than the one on the path), with a font for Chinese.
"""

import argparse
import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
# A hand's way through a 3 and a 5, in a square of 100.
THREE = [
    [
        *[(27, 24), (34, 15), (46, 11), (60, 13), (68, 22), (66, 34), (56, 43), (43, 47)],
        *[(58, 49), (70, 57), (73, 70), (66, 82), (52, 88), (37, 86), (26, 77)],
    ]
]
FIVE = [
    [
        *[(36, 14), (34, 28), (32, 45), (42, 41), (56, 41), (67, 49), (71, 62), (66, 77)],
        *[(54, 86), (40, 87), (28, 80)],
    ],
    [(36, 14), (52, 14), (72, 12)],
]
SHOTS = {
    "digits-page.png": (
        THREE,
        {"viewport": {"width": 1180, "height": 830}, "locale": "en-US", "color_scheme": "light"},
    ),
    "digits-phone.png": (
        FIVE,
        {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", "color_scheme": "dark"},
    ),
}


def draw(page, strokes):
    box = page.locator("#sheet").bounding_box()
    for stroke in strokes:
        points = [
            (box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100)
            for x, y in stroke
        ]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        page.mouse.up()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    address = f"http://127.0.0.1:{parser.parse_args().port}/"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        for name, (strokes, settings) in SHOTS.items():
            page = browser.new_context(**settings).new_page()
            page.goto(address)
            draw(page, strokes)
            page.wait_for_timeout(1500)
            page.screenshot(path=IMAGES / name, full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
