"""The page in a real Chromium: drawn on with mouse and keyboard, given pictures, read."""

import json
import os
import re
import shutil
import urllib.request

import digit_models
import drawn
import pytest
import serving
from axe_playwright_python.sync_playwright import Axe
from playwright import sync_api as playwright

from stillflow.digits import metrics

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
playwright.expect.set_options(timeout=20_000)
SANDBOX = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses root otherwise
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

DESKTOP = {"viewport": {"width": 1180, "height": 860}, "locale": "en-US"}
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "locale": "zh-CN",
    "has_touch": True,
    "is_mobile": True,
}


@pytest.fixture(scope="module")
def address(model_folder):
    with serving.server(model_folder) as address:
        yield address


@pytest.fixture(scope="module")
def trained_folder(model_folder, tmp_path_factory):
    """A model with the figures of its training."""
    folder = shutil.copytree(model_folder, tmp_path_factory.mktemp("trained") / "model")
    figures = metrics.MetricsFile(str(folder), 0)
    for step in (100, 200, 300):
        figures.add(step=step, loss=1 / step, rate=0.1)
        figures.add(step=step, accuracy=1 - 1 / step)
    figures.close()
    return folder


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=SANDBOX)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, address):
    """opened(**settings) is the page as a visitor sees it, with the errors it makes collected."""
    contexts, errors = [], []

    def failed(request):
        if request.failure != "net::ERR_ABORTED":  # by leaving the page
            errors.append(f"{request.url}: {request.failure}")

    def open_page(url=address, **settings):
        context = browser.new_context(**(settings or DESKTOP))
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("requestfailed", failed)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def draw(page, digit):
    """Draws a recorded digit on the sheet with the mouse."""
    box = page.locator("#sheet").bounding_box()
    for stroke in drawn.PEN[digit]:
        points = [
            (box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100)
            for x, y in stroke
        ]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=3)
        page.mouse.up()


def says(page, digit):
    """Waits until the page says that it is this digit, aloud too."""
    playwright.expect(page.locator("#digit")).to_have_text(str(digit))
    playwright.expect(page.locator("#verdict")).to_contain_text(str(digit))
    return True


def shares(page):
    """The ten percentages that are shown."""
    return [float(text.rstrip("%")) for text in page.locator(".share").all_inner_texts()]


def ink(page, canvas):
    """How many pixels of a canvas are neither empty nor black."""
    return page.locator(canvas).evaluate(
        """canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return data.filter((value, i) => i % 4 === 3 && value > 60).length;
        }"""
    )


RARELY = pytest.mark.slow  # a page more in a browser


def test_where_the_pen_only_touches_there_is_a_dot(opened):
    """Each line begins so: it is no picture without a digit, of which the page would say so."""
    page = opened()
    with page.expect_response("**/api/predict") as answer:
        page.locator("#sheet").click()
    assert answer.value.status == 200
    assert ink(page, "#sheet") > 100


@pytest.mark.parametrize("digit", [2, *(pytest.param(n, marks=RARELY) for n in (7, 8))])
def test_a_digit_drawn_with_the_mouse_is_read(opened, digit):
    page = opened()
    draw(page, digit)
    assert says(page, digit)
    found = shares(page)
    assert sum(found) == pytest.approx(100, abs=1)
    assert found.index(max(found)) == digit
    assert 40 < ink(page, "#seen") < 250
    playwright.expect(page.locator("#strokes canvas")).to_have_count(12)
    assert ink(page, "#strokes canvas >> nth=0") > 10


def test_undo_and_clear(opened):
    page = opened()
    draw(page, 3)
    draw(page, 1)
    page.get_by_role("button", name="Undo").click()
    assert says(page, 3)
    page.get_by_role("button", name="Clear").click()
    playwright.expect(page.locator("#digit")).to_have_text("?")
    playwright.expect(page.locator("#verdict")).to_have_text("Nothing is drawn yet.")
    assert ink(page, "#seen") == 0


def test_a_digit_drawn_with_the_keyboard_is_read(opened):
    """A seven: along the top, then down."""
    page = opened()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    playwright.expect(page.locator("#sheet")).to_be_focused()
    keys = ["ArrowUp"] * 8 + ["ArrowLeft"] * 5 + ["Space"] + ["ArrowRight"] * 10
    keys += ["ArrowDown", "ArrowDown", "Shift+ArrowLeft", "ArrowLeft"] * 4 + ["ArrowDown"] * 6
    for key in [*keys, "Space"]:
        page.keyboard.press(key)
    assert says(page, 7)
    page.keyboard.press("Backspace")
    playwright.expect(page.locator("#digit")).to_have_text("?")


def photograph(digit, **scene):
    return drawn.photograph(drawn.in_ink(digit, 7), drawn.Scene(**scene))


def test_pictures_are_read(opened, tmp_path):
    """A photograph; one too large to be sent as it is; one of a kind the server does not read."""
    page = opened()
    files = {3: ("PNG", (600, 500)), 2: ("BMP", (1500, 1200)), 5: ("WEBP", (500, 500))}
    for digit, (kind, size) in files.items():
        file = tmp_path / f"{digit}.{kind.lower()}"
        file.write_bytes(drawn.encoded(photograph(digit, size=size, shade=0.5, noise=0.02), kind))
        page.locator("#file").set_input_files(file)
        assert says(page, digit)
    page.get_by_role("button", name="Clear").click()
    playwright.expect(page.locator("#digit")).to_have_text("?")


def test_a_picture_that_is_dropped_is_read(opened):
    page = opened()
    page.evaluate(
        """bytes => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(bytes)], "3.png", { type: "image/png" }));
          dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
        }""",
        list(drawn.encoded(photograph(3))),
    )
    assert says(page, 3)


def test_a_picture_ends_what_was_being_drawn(opened, tmp_path):
    """The pen is lifted: the next arrow key draws nothing."""
    page = opened()
    page.locator("#sheet").focus()
    page.keyboard.press("Space")
    (tmp_path / "2.png").write_bytes(drawn.encoded(photograph(2)))
    page.locator("#file").set_input_files(tmp_path / "2.png")
    assert says(page, 2)
    page.locator("#sheet").press("ArrowRight")
    page.get_by_role("button", name="Undo").click()
    playwright.expect(page.locator("#digit")).to_have_text("?")


def test_a_server_that_is_gone_and_back(opened):
    page = opened()
    page.route("**/api/**", lambda route: route.abort("aborted"))
    draw(page, 7)
    playwright.expect(page.get_by_role("alert")).to_contain_text("does not answer")
    page.unroute("**/api/**")
    assert says(page, 7)


def test_what_is_wrong_is_said(opened, tmp_path):
    page = opened()
    (tmp_path / "text.png").write_text("seven")
    page.locator("#file").set_input_files(tmp_path / "text.png")
    playwright.expect(page.get_by_role("alert")).to_contain_text("no picture")
    (tmp_path / "blank.png").write_bytes(drawn.encoded(photograph(1, ink=0.92)))
    page.locator("#file").set_input_files(tmp_path / "blank.png")
    playwright.expect(page.get_by_role("alert")).to_contain_text("no digit in the picture")
    draw(page, 7)
    assert says(page, 7)
    playwright.expect(page.get_by_role("alert")).to_have_count(0)


def test_chinese_on_a_phone(opened, tmp_path):
    """Nothing is wider than the screen; a finger draws; the language is remembered."""
    page = opened(**PHONE)
    playwright.expect(page.locator("h1")).to_have_text("Stillflow 手写数字")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    draw(page, 7)
    assert says(page, 7)
    playwright.expect(page.locator("#verdict")).to_have_text(re.compile("^这是 7,概率"))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44
    page.screenshot(path=tmp_path / "phone.png")
    with drawn.Image.open(tmp_path / "phone.png") as shot:
        assert shot.size == (360, 740)
    page.get_by_role("button", name="English").click()
    playwright.expect(page.locator("#verdict")).to_contain_text("It is 7")
    page.reload()
    playwright.expect(page.locator("h1")).to_have_text("Stillflow digits")


def test_light_and_dark(opened):
    page = opened(color_scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light or dark").click()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def test_both_languages_say_everything(opened):
    page = opened()
    missing = page.evaluate(
        """async () => {
          const { WORDS } = await import("/words.js");
          const said = [...document.querySelectorAll("[data-say], [data-label]")]
            .map(({ dataset }) => dataset.say ?? dataset.label);
          return [...new Set([...said, ...Object.keys(WORDS.en), ...Object.keys(WORDS.zh)])]
            .filter((key) => !(key in WORDS.en && key in WORDS.zh));
        }"""
    )
    assert missing == []


def test_the_page_says_how_to_train_and_takes_up_the_model(opened, tmp_path):
    with serving.server(tmp_path) as address:
        page = opened(address)
        notice = page.locator("#untrained")
        playwright.expect(notice).to_contain_text(f"stillflow digits train --model {tmp_path}")
        draw(page, 1)
        playwright.expect(page.locator("#digit")).to_have_text("?")
        digit_models.untrained(tmp_path)
        playwright.expect(notice).to_be_hidden()
        playwright.expect(page.locator("#digit")).not_to_have_text("?")
        playwright.expect(page.locator("#model")).to_contain_text("digits-0")
        page.goto("about:blank")  # what it asks of a server that ends would count as an error


def objections(page):
    """What axe-core finds, as texts that name the rule and the elements."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {[node['html'] for node in rule['nodes']]}" for rule in found]


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=RARELY)])
@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone in Chinese"])
def test_axe_finds_nothing(opened, trained_folder, device, scheme):
    """With an answer and the curves of a training shown, and with the folded text open."""
    with serving.server(trained_folder) as address:
        page = opened(address, **device, color_scheme=scheme, reduced_motion="reduce")
        playwright.expect(page.locator("#training")).to_be_visible()
        draw(page, 7)
        assert says(page, 7)
        page.locator("summary").click()
        assert objections(page) == []
        page.goto(f"{address}docs")
        playwright.expect(page.locator("h2 code").first).to_be_visible()
        assert objections(page) == []


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=RARELY), "dark"])
def test_axe_finds_nothing_where_there_is_no_model(opened, tmp_path, scheme):
    with serving.server(tmp_path) as address:
        page = opened(address, **DESKTOP, color_scheme=scheme)
        playwright.expect(page.locator("#untrained")).to_be_visible()
        assert objections(page) == []
        page.goto("about:blank")


def test_the_keyboard_alone_suffices(opened):
    """Tab reaches all that can be operated, in the order of reading; each shows its focus."""
    page = opened()
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                """() => {
                  const { id, localName } = document.activeElement;
                  const { outlineStyle } = getComputedStyle(document.activeElement);
                  return [id || localName, outlineStyle !== "none"];
                }"""
            )
        )
    names = ["language", "theme", "sheet", "clear", "undo", "open", "summary", "a"]
    assert reached[:8] == [[name, True] for name in names]
    page.locator("#file").evaluate(
        """file => file.addEventListener("click", (event) => {
          event.preventDefault();
          file.asked = true;
        })"""
    )
    page.locator("#open").focus()
    page.keyboard.press("Enter")
    assert page.locator("#file").evaluate("file => file.asked")
    page.locator("#language").focus()
    page.keyboard.press("Enter")
    playwright.expect(page.locator("h1")).to_have_text("Stillflow 手写数字")
    page.keyboard.press("Space")
    playwright.expect(page.locator("h1")).to_have_text("Stillflow digits")


def test_a_training_beside_it_is_followed(opened, tmp_path):
    """Each checkpoint is taken up, and the curves go on to it."""
    digit_models.untrained(tmp_path, steps=(100,))
    figures = metrics.MetricsFile(str(tmp_path), 100)
    with serving.server(tmp_path) as address:
        page = opened(address)
        playwright.expect(page.locator("#model")).to_contain_text("digits-100")
        playwright.expect(page.locator("#training")).to_be_hidden()
        figures.add(step=50, loss=2.25, rate=0.1)
        figures.add(step=100, loss=0.5, rate=0.1)
        figures.add(step=100, accuracy=0.875)
        figures.flush()
        loss, accuracy = page.locator("#loss"), page.locator("#accuracy")
        playwright.expect(loss).to_have_text("Loss at step 100: 0.500 (2.250 at first)")
        playwright.expect(accuracy).to_contain_text("at step 100: 87.5% (87.5% at first)")
        assert page.locator("#losses polyline").get_attribute("points") == "0.0,0.0 300.0,77.8"
        figures.add(step=1200, loss=0.25, rate=0.1)
        figures.add(step=1200, accuracy=0.9375)
        figures.flush()
        digit_models.untrained(tmp_path, steps=(1200,))
        playwright.expect(loss).to_have_text("Loss at step 1,200: 0.250 (2.250 at first)")
        playwright.expect(accuracy).to_contain_text("93.8% (87.5% at first)")
        playwright.expect(page.locator("#model")).to_contain_text("digits-1200")
        page.get_by_role("button", name="中文").click()
        playwright.expect(loss).to_have_text("第 1,200 步的损失:0.250(最初 2.250)")
        page.goto("about:blank")
    figures.close()


def test_the_api_is_shown_from_its_description(opened, address):
    page = opened(f"{address}docs", **PHONE)
    with urllib.request.urlopen(f"{address}openapi.json") as response:
        description = json.load(response)
    for path in description["paths"]:
        playwright.expect(page.locator("h2 code", has_text=re.compile(f"^{path}$"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
