"""The API: what it answers, what it refuses and why. Through the application, without sockets."""

import asyncio
import contextlib
import importlib.resources
import itertools
import json

import digit_models
import drawn
import httpx
import jsonschema
import numpy as np
import pytest
from openapi_spec_validator import validate

from stillflow.digits import metrics
from stillflow.digits.recogniser import Recogniser
from stillflow.digits.web import app, progress
from stillflow.digits.web.newest import Newest
from stillflow.serving.bodies import BodyReader

PAGE = importlib.resources.files("stillflow.digits") / "page"
DESCRIPTION = json.loads((PAGE / "openapi.json").read_text("utf-8"))
SEVEN = drawn.encoded(drawn.photograph(drawn.in_ink(7, 8), drawn.Scene()))
BLANK = [0.0] * 784
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    digit_models.untrained(folder, hidden=(20,), steps=(5,))
    return folder


@contextlib.asynccontextmanager
async def client(folder, reader=None):
    newest = Newest(str(folder))
    newest.look()
    transport = httpx.ASGITransport(app.create(newest, reader), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://digits") as http:
        yield http


def ask(folder, method, path, reader=None, **options):
    """One request, its response."""

    async def once():
        async with client(folder, reader) as http:
            return await http.request(method, path, **options)

    return asyncio.run(once())


def predict(folder, content, kind, **options):
    headers = {"content-type": kind}
    return ask(folder, "POST", "/api/predict", content=content, headers=headers, **options)


def as_described(response, schema):
    """The response's JSON, checked against its schema in openapi.json."""
    found = response.json()
    checker = jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": DESCRIPTION["components"]}
    )
    checker.validate(found)
    return found


def refused(response, status, reason):
    assert response.status_code == status
    assert reason in as_described(response, "Error")["error"]
    return True


# ---- predicting --------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(784,), (28, 28)])
def test_pixels_are_answered_as_the_recogniser_answers(folder, shape):
    image = digit_models.images(1)
    body = json.dumps({"pixels": image.reshape(shape).tolist()})
    found = as_described(predict(folder, body, "application/json; charset=utf-8"), "Prediction")
    expected = Recogniser.open(str(folder)).run(image)
    np.testing.assert_allclose(found["probabilities"], expected.probabilities[0], atol=2e-6)
    assert found["digit"] == expected.digits[0]
    assert found["step"] == 5
    np.testing.assert_allclose(found["pixels"], image[0], atol=6e-4)
    firing = {s["unit"]: s["activation"] for s in found["strokes"]}
    strongest = np.argsort(expected.hidden[0])[::-1][:12]
    assert list(firing) == strongest.tolist()
    np.testing.assert_allclose(list(firing.values()), expected.hidden[0][strongest], atol=1e-4)


def test_pictures_are_answered_alike_however_they_are_sent(folder):
    image = drawn.photograph(drawn.in_ink(7, 8), drawn.Scene())
    answers = [
        as_described(
            predict(folder, drawn.encoded(image, kind), f"image/{kind.lower()}"), "Prediction"
        )
        for kind in ("PNG", "BMP")
    ]
    form = ask(folder, "POST", "/api/predict", files={"any": ("7.png", SEVEN, "image/png")})
    answers.append(as_described(form, "Prediction"))
    jpeg = predict(folder, drawn.encoded(image, "JPEG", quality=95), "image/jpeg")
    np.testing.assert_allclose(jpeg.json()["pixels"], answers[0]["pixels"], atol=0.1)
    assert answers[0] == answers[1] == answers[2]


def test_concurrent_requests_get_their_own_answers(folder):
    """Together they give what each gives alone."""
    images = digit_models.images(90)

    async def together():
        async with client(folder) as http:
            tasks = [http.post("/api/predict", json={"pixels": image.tolist()}) for image in images]
            return await asyncio.gather(*tasks)

    found = [response.json()["probabilities"] for response in asyncio.run(together())]
    expected = Recogniser.open(str(folder)).run(images).probabilities
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_each_batch_is_filled_up_to_a_size_that_is_planned_once(folder, monkeypatch):
    newest = Newest(str(folder))
    newest.look()
    sizes, run = [], newest.recogniser.run
    monkeypatch.setattr(newest.recogniser, "run", lambda x: sizes.append(len(x)) or run(x))
    images = digit_models.images(256)
    for count in (1, 2, 5, 16, 17, 200, 256):
        assert len(newest.run(list(images[:count]))) == count
    assert sizes == [1, 4, 16, 16, 64, 256, 256]


# ---- the model ---------------------------------------------------------------------------------


def test_the_model_is_described(folder):
    found = as_described(ask(folder, "GET", "/api/model"), "Model")
    assert found == {"checkpoint": "digits-5", "step": 5, "hidden": [20]}
    assert as_described(ask(folder, "GET", "/healthz"), "Health")["model"] is True


def test_strokes_are_the_first_layers_weights(folder):
    found = np.frombuffer(ask(folder, "GET", "/api/model/strokes").content, np.uint8)
    weights = Recogniser.open(str(folder)).hidden_weights.T
    expected = weights / abs(weights).max(axis=1, keepdims=True)
    np.testing.assert_allclose((found.reshape(20, 784) - 128.0) / 127, expected, atol=0.005)


def figures_of(folder):
    return as_described(ask(folder, "GET", "/api/training"), "Training")


def test_the_figures_of_the_training(tmp_path):
    """What can be drawn of them; before there are any, none."""
    assert figures_of(tmp_path) == {"step": None, "loss": [], "accuracy": []}
    figures = metrics.MetricsFile(str(tmp_path), 0)
    figures.add(step=1, loss=2.5, rate=0.1)
    figures.add(step=2, loss=float("nan"), rate=0.1)
    figures.add(step=2, accuracy=0.5)
    figures.close()
    with open(tmp_path / metrics.FILE, "a") as file:
        file.write('{"step": 3, "lo')  # a line that is being written
    assert figures_of(tmp_path) == {"step": 2, "loss": [[1, 2.5]], "accuracy": [[2, 0.5]]}


def test_of_many_figures_some_are_shown_the_first_and_the_last_among_them(tmp_path):
    figures = metrics.MetricsFile(str(tmp_path), 0)
    for step in range(1001):
        figures.add(step=step, loss=1.0)
    figures.close()
    steps = [step for step, _ in figures_of(tmp_path)["loss"]]
    assert (len(steps), steps[0], steps[-1]) == (progress.MOST, 0, 1000)
    assert {b - a for a, b in itertools.pairwise(steps)} == {3, 4}


@pytest.mark.parametrize("damage", ["[1]\n", "no JSON\n", '{"loss": 1}\n', "\xff\n"])
def test_damaged_figures_leave_those_that_were_there(tmp_path, damage, caplog):
    (tmp_path / metrics.FILE).write_text('{"step": 1, "loss": 2.5}\n')
    shown = progress.Progress(str(tmp_path))
    before = shown.figures()
    (tmp_path / metrics.FILE).write_bytes(damage.encode("latin-1"))
    assert shown.figures() == before
    assert "are not shown" in caplog.text
    shown.figures()
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/model"), ("GET", "/api/model/strokes"), ("POST", "/api/predict")],
)
def test_without_a_model_the_answer_is_how_to_train_one(tmp_path, method, path):
    response = ask(tmp_path, method, path, content=SEVEN, headers={"content-type": "image/png"})
    assert refused(response, 503, f"stillflow digits train --model {tmp_path}")
    assert ask(tmp_path, "GET", "/healthz").json() == {"status": "ok", "model": False}


def test_a_new_checkpoint_is_taken_up(tmp_path):
    newest = Newest(str(tmp_path))
    newest.look()
    assert newest.recogniser is None
    digit_models.untrained(tmp_path, steps=(1,))
    newest.look()
    first = newest.recogniser
    newest.look()
    assert newest.recogniser is first
    digit_models.untrained(tmp_path, steps=(2,), hidden=(9,), seed=2)
    newest.look()
    assert newest.recogniser.step == 2
    assert newest.run([digit_models.images(1)[0]])[0].hidden.shape == (9,)


def test_a_checkpoint_that_cannot_be_read_leaves_the_one_before_in_use(tmp_path, caplog):
    digit_models.untrained(tmp_path, steps=(1,))
    newest = Newest(str(tmp_path))
    newest.look()
    for file in tmp_path.glob("digits-*"):
        file.write_bytes(b"")
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "digits-1"\n# touched\n')
    newest.look()
    assert newest.recogniser.step == 1
    assert "is not taken up" in caplog.text


def test_one_bad_look_is_not_the_last(tmp_path, monkeypatch, caplog):
    newest, looks = Newest(str(tmp_path)), []

    def look():
        looks.append(len(looks))
        if len(looks) == 1:
            raise RuntimeError("bad")

    async def watch():
        task = asyncio.create_task(newest.watch(0.01))
        while len(looks) < 3:
            await asyncio.sleep(0.01)
        task.cancel()

    monkeypatch.setattr(newest, "look", look)
    asyncio.run(asyncio.wait_for(watch(), 20))
    assert "RuntimeError: bad" in caplog.text


# ---- refusals ----------------------------------------------------------------------------------

ROWS = [[0.0] * 28 for _ in range(28)]
WRONG_JSON = {
    "broken": (b'{"pixels": [', 400, "not JSON"),
    "empty": (b"", 400, "not JSON"),
    "bytes": (b"\xff\xfe\xfa", 400, "not JSON"),
    "nested": (b"[" * 100_000, 400, "nested too deeply"),
    "a number too long": (b"9" * 10_000, 400, "not JSON"),
    "a list": (b"[]", 422, "The body must be"),
    "no pixels": (b'{"image": []}', 422, "The body must be"),
    "pixels as text": (b'{"pixels": "0"}', 422, "The body must be"),
    "too few": (json.dumps({"pixels": BLANK[1:]}), 422, "not 783"),
    "too many": (json.dumps({"pixels": [*BLANK, 0]}), 422, "not 785"),
    "ragged": (json.dumps({"pixels": [*ROWS[1:], [0.0]]}), 422, "Each row"),
    "rows of 27": (json.dumps({"pixels": [[0.0] * 27] * 28}), 422, "Each row"),
    "nested lists": (json.dumps({"pixels": [[[0.0]] * 28] * 28}), 422, "must be numbers"),
    "text": (json.dumps({"pixels": ["0"] * 784}), 422, "must be numbers"),
    "true": (json.dumps({"pixels": [True] * 784}), 422, "must be numbers"),
    "null": (json.dumps({"pixels": [None] * 784}), 422, "must be numbers"),
    "NaN": (json.dumps({"pixels": [float("nan"), *BLANK[1:]]}), 422, "from 0 (paper) to 1"),
    "Infinity": (json.dumps({"pixels": [float("inf"), *BLANK[1:]]}), 422, "from 0 (paper) to 1"),
    "1e999": (json.dumps({"pixels": BLANK}).replace("0.0", "1e999", 1), 422, "from 0 (paper)"),
    "1e300": (json.dumps({"pixels": BLANK}).replace("0.0", "1e300", 1), 422, "from 0 (paper)"),
    "a huge integer": (
        json.dumps({"pixels": BLANK}).replace("0.0", "9" * 400, 1),
        422,
        "from 0 (paper)",
    ),
    "negative": (json.dumps({"pixels": [-0.1, *BLANK[1:]]}), 422, "from 0 (paper) to 1"),
    "255": (json.dumps({"pixels": [255, *BLANK[1:]]}), 422, "from 0 (paper) to 1"),
}


@pytest.mark.parametrize(("body", "status", "reason"), WRONG_JSON.values(), ids=WRONG_JSON)
def test_json_that_is_no_image_is_refused(folder, body, status, reason):
    assert refused(predict(folder, body, "application/json"), status, reason)


@pytest.mark.parametrize("kind", ["text/plain", "image/svg+xml", "application/octet-stream", ""])
def test_other_content_is_refused(folder, kind):
    assert refused(predict(folder, SEVEN, kind), 415, "Send application/json, image/png")


def test_compressed_content_is_refused(folder):
    headers = {"content-type": "image/png", "content-encoding": "gzip"}
    response = ask(folder, "POST", "/api/predict", content=SEVEN, headers=headers)
    assert refused(response, 415, "compressed")


def test_pictures_without_a_digit_are_refused(folder):
    white = drawn.encoded(drawn.photograph(drawn.in_ink(1, 2), drawn.Scene(ink=0.92)))
    assert refused(predict(folder, white, "image/png"), 422, "no digit")
    assert refused(predict(folder, b"seven", "image/png"), 422, "not a picture")
    assert refused(predict(folder, SEVEN[:200], "image/png"), 422, "cut off")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [4200, 60_000])
def test_bombs_are_refused(folder, side):
    response = predict(folder, drawn.png_header(side, side), "image/png")
    assert refused(response, 422, "more than 16 million pixels")


def test_random_bytes_never_fail_inside(folder):
    """Each is refused with a reason of its own."""
    random = np.random.RandomState(0)
    kinds = ["application/json", "image/png", "image/jpeg", "image/bmp"]
    starts = [b"", b'{"pixels": [', SEVEN[:30], b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", b"BM"]
    bodies_sent = [start + random.bytes(random.randint(200)) for start in starts for _ in range(8)]

    async def all_of_them():
        async with client(folder) as http:
            return [
                await http.post("/api/predict", content=body, headers={"content-type": kind})
                for body in bodies_sent
                for kind in [*kinds, "multipart/form-data; boundary=x"]
            ]

    found = asyncio.run(all_of_them())
    assert {response.status_code for response in found} <= {400, 422}
    assert all(as_described(response, "Error")["error"] for response in found)


FORMS = {
    "no boundary": ("multipart/form-data", b"--x\r\n", 400, "form is broken"),
    "broken": ("multipart/form-data; boundary=x", b"seven", 400, "form is broken"),
    "no file": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n7\r\n--x--\r\n',
        422,
        "holds no file",
    ),
}


@pytest.mark.parametrize(("kind", "body", "status", "reason"), FORMS.values(), ids=FORMS)
def test_forms_without_a_picture_are_refused(folder, kind, body, status, reason):
    assert refused(predict(folder, body, kind), status, reason)


async def in_chunks(size, count):
    for _ in range(count):
        yield bytes(size)


def test_a_large_body_is_refused(folder):
    assert refused(predict(folder, bytes(2**20 + 1), "image/png"), 413, "larger than 1024 KiB")
    chunked = predict(folder, in_chunks(2**16, 17), "application/json")
    assert refused(chunked, 413, "larger than 1024 KiB")


def test_the_largest_body_is_read(folder):
    padded = json.dumps({"pixels": BLANK}).encode().ljust(2**20)
    assert predict(folder, padded, "application/json").status_code == 200


def test_a_body_that_does_not_come_is_not_waited_for(folder):
    async def slow():
        yield b"{"
        await asyncio.Event().wait()

    reader = BodyReader(seconds=0.05)
    response = predict(folder, slow(), "application/json", reader=reader)
    assert refused(response, 408, "within 0.05 seconds")
    assert response.headers["connection"] == "close"


def test_bodies_together_have_a_bound(folder):
    reader = BodyReader(together=100_000)
    full = predict(folder, in_chunks(60_000, 2), "application/json", reader=reader)
    assert refused(full, 503, "Too much is being sent")
    again = predict(folder, json.dumps({"pixels": BLANK}), "application/json", reader=reader)
    assert again.status_code == 200


def test_a_failure_inside_is_a_reason_too(folder, monkeypatch):
    def fail(self, images):
        raise RuntimeError("secret")

    monkeypatch.setattr(Newest, "run", fail)
    response = predict(folder, SEVEN, "image/png")
    assert refused(response, 500, "its log says how")
    assert "secret" not in response.text


# ---- pages and addresses -----------------------------------------------------------------------


def test_methods_that_are_not_there(folder):
    response = ask(folder, "GET", "/api/predict")
    assert refused(response, 405, "Method Not Allowed")
    assert response.headers["allow"] == "POST"
    assert ask(folder, "DELETE", "/").status_code == 405


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/main.js", "/healthz"])
def test_head_is_get_without_the_body(folder, path):
    head, get = ask(folder, "HEAD", path), ask(folder, "GET", path)
    assert head.status_code == get.status_code == 200
    assert head.headers["content-length"] == str(len(get.content))


@pytest.mark.parametrize(
    "path",
    [
        *("/../app.py", "/%2e%2e/app.py", "/..%2fapp.py", "/..\\app.py", "/page/main.js"),
        *("/main.js/", "/%00", "/main.js%00.css", "/etc/passwd", "/index.html"),
    ],
)
def test_no_address_reaches_the_file_system(folder, path):
    assert refused(ask(folder, "GET", path), 404, "Not Found")


@pytest.mark.parametrize("path", ["/", "/docs", "/none", "/api/model", "/api/predict", "/main.js"])
def test_every_answer_is_hardened(folder, path):
    headers = ask(folder, "GET", path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers


def test_the_page_needs_no_other_host():
    for file in PAGE.iterdir():
        text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text, file
        assert "https:" not in text, file


def test_the_description_is_valid_openapi():
    validate(DESCRIPTION)
    assert DESCRIPTION["openapi"].startswith("3.1")


def test_every_route_of_the_api_is_described(folder):
    """And refuses other methods; every described one is there."""
    for path, methods in DESCRIPTION["paths"].items():
        for method in ("get", "post", "put", "delete"):
            status = ask(folder, method.upper(), path).status_code
            assert (status == 405) == (method not in methods), (method, path)
