"""TensorFlow Serving's REST API: what is answered, what is refused and with which status."""

import gzip
import json
import re
import threading

import asking
import httpx
import numpy as np
import pytest
from asking import ask
from openapi_spec_validator import validate

from stillflow.serving import app
from stillflow.serving.starting import Server, Settings

EXPECTED = np.load(asking.GOLDEN / "expected.npz")
ROW = {
    **{"float16": 0.5, "float32": 0.1, "float64": 0.1, "bool": True, "string": "hi"},
    **{"int8": -128, "int16": -2, "int32": -3, "int64": -(2**63)},
    **{"uint8": 255, "uint16": 65535, "uint32": 2**32 - 1, "uint64": 2**64 - 1},
}


def answer(models, path, body=None):
    response = ask(models, path, body)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


def refused(models, path, body, status, reason, method=None):
    response = ask(models, path, body, method)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert reason in response.json()["error"]
    assert response.json().keys() == {"error"}
    return True


# Predicting ---------------------------------------------------------------------------------------


def test_the_public_example_is_answered(models):
    """half_plus_two of TensorFlow Serving's first page, and its second version."""
    body = {"instances": [1.0, 2.0, 5.0]}
    for path, name in (("half/versions/1", "half2_0"), ("half", "half3_0")):
        assert answer(models, f"{path}:predict", body) == {"predictions": EXPECTED[name].tolist()}


@pytest.mark.parametrize("columns", [[1.0, 2.0, 5.0], {"x": [1, 2, 5]}])
def test_columns_are_answered_in_columns(models, columns):
    assert answer(models, "half:predict", {"inputs": columns}) == {"outputs": [3.5, 4.0, 5.5]}


def test_rows_may_name_their_input(models):
    body = {"instances": [{"x": 1.0}, {"x": 2}]}
    assert answer(models, "half:predict", body) == {"predictions": [3.5, 4.0]}


def test_a_network_gives_what_tensorflow_gives(models):
    """Several outputs are objects: one for each row, or one of columns."""
    images = np.random.RandomState(1).randn(3, 28, 28).astype(np.float32)
    rows = answer(models, "mnist:predict", {"instances": images.tolist()})["predictions"]
    columns = answer(models, "mnist:predict", {"inputs": images.tolist()})["outputs"]
    for given in (columns, {key: [row[key] for row in rows] for key in rows[0]}):
        np.testing.assert_allclose(given["probabilities"], EXPECTED["mnist_0"], rtol=1e-5)
        assert given["classes"] == EXPECTED["mnist_1"].tolist()


def test_every_type_of_json_goes_in_and_comes_out(models):
    found = answer(models, "types:predict", {"instances": [ROW, ROW]})["predictions"]
    wanted = {key: value for key, value in ROW.items() if key != "string"}
    assert found == [{**wanted, "string_bytes": {"b64": "aGk="}}] * 2


def test_text_that_is_no_text_is_given_as_bytes(models):
    body = {"signature_name": "text", "instances": ["a", {"b64": "/w=="}]}
    assert answer(models, "types:predict", body) == {"predictions": ["A", {"b64": "/w=="}]}


def test_scalars_are_given_in_columns_alone(models):
    body = {"signature_name": "sum", "inputs": {"a": [[1, 2], [3, 4]], "b": 2}}
    found = answer(models, "types:predict", body)
    assert found == {"outputs": {"rows": [3.0, 7.0], "total": 20.0}}
    rows = {"signature_name": "fixed", "instances": [[0, 1, 2], [3, 4, 5]]}
    assert answer(models, "types:predict", rows) == {"predictions": [[1, 2, 3], [4, 5, 6]]}


def test_what_is_no_number_has_a_token(models):
    """As Python's and JavaScript's parsers read it."""
    response = ask(models, "half:predict", b'{"instances": [NaN, Infinity, -Infinity, 1e39]}')
    assert response.text == '{"predictions": [NaN, Infinity, -Infinity, Infinity]}'


def test_what_follows_the_document_is_not_looked_at(models):
    found = ask(models, "half:predict", b'\xef\xbb\xbf {"instances": [2]} and more')
    assert found.json() == {"predictions": [4.0]}


def test_labels_and_capitals_are_understood(models):
    body = {"instances": [2]}
    assert answer(models, "half/labels/stable:predict", body) == {"predictions": [3.0]}
    assert answer(models, "/v1/Models/half:Predict", body) == {"predictions": [4.0]}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "JSON Parse error: The document is empty"),
        (b"instances = [1, 2]", "JSON Parse error: Invalid value"),
        (b"\xff{}", "JSON Parse error"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"instances": [' + b"9" * 5000 + b"]}", "JSON Parse error"),
        (b'{"instances": [1e400]}', "Number too big to be stored in double"),
        (b'{"instances": [-1E+400]}', "Number too big to be stored in double"),
        (b'{"instances": [' + b"9" * 309 + b".0]}", "Number too big to be stored in double"),
        ([1], "Is not object"),
        ({}, "Missing 'inputs' or 'instances' key"),
        ({"instances": [1], "inputs": [1]}, "only one of 'inputs' or 'instances'"),
        ({"instances": 1}, "Expecting 'instances' to be an list/array"),
        ({"instances": []}, "No values in 'instances' array"),
        ({"instances": [1], "signature_name": 5}, "'signature_name' key must be a string value"),
        ({"instances": [1], "signature_name": None}, "'signature_name' key must be a string"),
        ({"instances": [1], "signature_name": "none"}, 'name: "none" not found in signature def'),
        ({"instances": [1, "a"]}, "element: 1 of 'instances' list. Error: JSON Value: \"a\""),
        ({"instances": [[1], [2, 3]]}, "element: 1 of 'instances' list. Error: Expecting shape"),
        ({"instances": [1, {"x": 1}]}, "Expecting value/list but got object at item 1"),
        ({"instances": [{"x": 1}, 1]}, "Expecting object but got list at item 1"),
        ({"instances": [{"y": 1}]}, "keys must be equal to: x"),
        ({"inputs": {"y": [1]}}, "Missing named input: x in 'inputs' object."),
    ],
)
def test_what_is_wrong_with_a_body_is_said(models, body, reason):
    assert refused(models, "half:predict", body, 400, reason)


def test_shapes_that_only_the_signature_does_not_know_are_taken(models):
    """As TensorFlow Serving does: its half_plus_two takes columns, and is asked for numbers."""
    assert answer(models, "half:predict", {"instances": [[1], [2]]}) == {
        "predictions": [[3.5], [4]]
    }
    assert answer(models, "half:predict", {"inputs": 1}) == {"outputs": 3.5}
    reason = "Input images is of shape [1,3], but the signature says [?,28,28]. "
    assert refused(models, "mnist:predict", {"instances": [[1, 2, 3]]}, 400, reason)


def test_several_inputs_must_be_named(models):
    """Also where the first of them is bytes."""
    for rows in ([1], [{"b64": ""}]):
        reason = "expecting list of objects as multiple input"
        assert refused(models, "types:predict", {"instances": rows}, 400, reason)
    reason = "expecting an object as multiple input"
    assert refused(models, "types:predict", {"inputs": [1]}, 400, reason)
    row = {**ROW, "int8": 128}
    reason = "element: 1 key: int8 of 'instances' list. Error: JSON Value: 128"
    assert refused(models, "types:predict", {"instances": [ROW, row]}, 400, reason)


def test_rows_that_the_outputs_do_not_have_are_refused(models):
    body = {"signature_name": "mean", "instances": [1, 2, 3]}
    assert answer(models, "types:predict", body) == {"predictions": [-1, 0, 1]}
    complex_numbers = {"signature_name": "wild", "instances": [1]}
    assert refused(models, "types:predict", complex_numbers, 501, "to type: complex64")


# Classifying and regressing -----------------------------------------------------------------------


def test_examples_are_classified(models):
    body = {"examples": [{"size": [1.0, 2.0]}, {"size": [3.0, -1.5], "count": 2}]}
    labels, scores = (EXPECTED[f"flowers_{i}"].tolist() for i in (0, 1))
    wanted = [
        [[label.decode(), score] for label, score in zip(*row, strict=True)]
        for row in zip(labels, scores, strict=True)
    ]
    assert answer(models, "flowers:classify", body) == {"results": wanted}


def test_scores_without_labels_have_empty_ones(models):
    body = {"signature_name": "classify_x_to_y", "examples": [{"x": 20.0}]}
    assert answer(models, "half:classify", body) == {"results": [[["", 13.0]]]}


def test_examples_are_regressed(models):
    body = {"signature_name": "regress_x_to_y", "examples": [{"x": 80.0}, {"x": [1.0]}]}
    assert answer(models, "half:regress", body) == {"results": [43.0, 3.5]}


def test_a_context_is_part_of_each_example(models):
    body = {"context": {"count": 2}, "examples": [{"size": [1.0, 2.0]}]}
    found = answer(models, "flowers:classify", body)
    assert found["results"][0][0] == ["tulip", 6.0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "key 'examples' is expected and was not found"),
        ({"examples": {}}, "Expecting 'examples' value to be an list/array"),
        ({"examples": []}, "'examples' value is an empty array"),
        ({"examples": [1]}, "Example must be JSON object but got JSON Number"),
        ({"examples": [{"x": None}]}, "x has element with unexpected JSON type: Null"),
        ({"examples": [{"x": [[1]]}]}, "x has element with unexpected JSON type: Array"),
        ({"examples": [{"x": {"a": 1}}]}, "x has element with unexpected JSON type: Object"),
        ({"examples": [{"x": [1.0, 1]}]}, "element type in feature: x expecting type: float"),
        ({"examples": [{"x": ["a", 1]}]}, "element type in feature: x expecting type: bytes"),
        ({"examples": [{"x": 2**63}]}, "x has an element that int64 cannot hold"),
        ({"examples": [{"x": 80}]}, "Data type: int64 but expected type: float"),
        ({"examples": [{"y": 8.0}]}, "Feature: x (data type: float) is required"),
        ({"examples": [{"x": 1.0}], "context": 1}, "Example must be JSON object"),
    ],
)
def test_what_is_wrong_with_examples_is_said(models, body, reason):
    body = {"signature_name": "regress_x_to_y", **body}
    assert refused(models, "half:regress", body, 400, reason)


def test_signatures_are_asked_what_they_are_for(models):
    body = {"examples": [{"x": 1.0}]}
    assert refused(models, "half:regress", body, 400, "No regression inputs found in SignatureDef")
    assert refused(models, "half:classify", body, 400, "outputs to contain at least one of")


# Addresses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status", "reason"),
    [
        ("POST", "half", 400, "Malformed request: POST /v1/models/half"),
        ("GET", "half:predict", 400, "Malformed request: GET"),
        ("POST", "half:train", 400, "Malformed request"),
        ("POST", "half/versions/first:predict", 400, "Malformed request"),
        ("POST", "half/versions/1/labels/stable:predict", 400, "Malformed request"),
        ("DELETE", "half", 400, "Malformed request: DELETE"),
        ("POST", f"half/versions/{2**63}:predict", 400, "Failed to convert version"),
        (
            "POST",
            "half/versions/7:predict",
            404,
            "Servable not found for request: Specific(half, 7)",
        ),
        ("POST", "other:predict", 404, "Servable not found for request: Latest(other)"),
        ("POST", "half/labels/canary:predict", 400, "Unrecognized servable version label: canary"),
        ("GET", "other", 404, "Could not find any versions of model other"),
        ("GET", "half/versions/7", 404, "Could not find version 7 of model half"),
        ("GET", "other/metadata", 404, "Servable not found for request: Latest(other)"),
        ("GET", "/v1/models", 400, "Missing model name in request."),
        ("GET", "/v2", 404, "Not Found"),
    ],
)
def test_addresses_that_name_nothing_are_refused(models, method, path, status, reason):
    body = {"instances": [1]} if method == "POST" else None
    assert refused(models, path, body, status, reason, method)


def test_the_state_of_versions_is_told(models):
    def told(*numbers):
        status = {"error_code": "OK", "error_message": ""}
        versions = [{"version": n, "state": "AVAILABLE", "status": status} for n in numbers]
        return {"model_version_status": versions}

    assert answer(models, "half") == told("2", "1")
    assert answer(models, "half/versions/1") == answer(models, "half/labels/stable") == told("1")


def test_signatures_are_told_as_tensorflow_serving_tells_them(models):
    found = answer(models, "half/versions/1/metadata")
    assert found["model_spec"] == {"name": "half", "signature_name": "", "version": "1"}
    signatures = found["metadata"]["signature_def"]["signature_def"]
    assert signatures.keys() == {"serving_default", "classify_x_to_y", "regress_x_to_y"}
    shape = {"dim": [{"size": "-1", "name": ""}], "unknown_rank": False}
    assert signatures["serving_default"] == {
        "inputs": {"x": {"name": "x:0", "dtype": "DT_FLOAT", "tensor_shape": shape}},
        "outputs": {"y": {"name": "y:0", "dtype": "DT_FLOAT", "tensor_shape": shape}},
        "method_name": "tensorflow/serving/predict",
        "defaults": {},
    }


# Limits -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small():
    """A server that takes little."""
    made = Server({"half": str(asking.GOLDEN / "half" / "1")}, settings=Settings(body=1))
    made.take_up()
    return made


def test_a_large_body_is_refused(small):
    body = b'{"instances": [1]}' + b" " * 2**20
    assert refused(small, "half:predict", body, 413, "larger than 1024 KiB")


def test_a_body_that_takes_a_thread_is_answered(small):
    body = {"instances": [1.0] * 100_000}
    assert answer(small, "half:predict", body) == {"predictions": [2.5] * 100_000}


def test_a_body_that_is_compressed_has_the_same_bound(small):
    def sent(body):
        path, headers = "/v1/models/half:predict", {"content-encoding": "gzip"}
        return asking.send(small, "POST", path, content=body, headers=headers)

    packed = gzip.compress(b'{"instances": [2.0]}')
    assert sent(packed).json() == {"predictions": [3.0]}
    assert sent(packed[:-9]).status_code == 400
    assert sent(b"no gzip").status_code == 400
    assert sent(gzip.compress(b" " * 2**20 + b"{}")).status_code == 413


def test_a_body_that_takes_too_long_to_read_is_given_up(monkeypatch):
    read = threading.Event()
    monkeypatch.setattr(app, "_read", lambda *_: read.wait(20))
    made = Server({"half": str(asking.GOLDEN / "half" / "1")}, settings=Settings(timeout=0.2))
    made.take_up()
    assert refused(made, "half:predict", b" " * 2**19, 504, "not done within 0.2 seconds")
    read.set()


def test_a_model_that_fails_does_not_show_how(small, monkeypatch, caplog):
    (version,) = next(iter(small.models)).all()
    monkeypatch.setattr(version.runner.servable, "run", lambda *_: 1 / 0)
    assert refused(small, "half:predict", {"instances": [1]}, 500, "its log says how")
    assert "division by zero" in caplog.text


# Descriptions -------------------------------------------------------------------------------------


def test_the_description_is_openapi(models):
    found = answer(models, "/openapi.json")
    validate(found)
    assert {"/v1/models/half:regress", "/v1/models/mnist:predict"} < found["paths"].keys()
    assert "/v1/models/mnist:classify" not in found["paths"]


def test_the_page_shows_requests_that_work(models):
    page = ask(models, "/").text
    assert "<h2>flowers</h2>" in page
    (body,) = re.findall(r"curl -d &#x27;(.*?)&#x27; http://models/v1/models/half:predict", page)
    asked = json.loads(body.replace("&quot;", '"'))
    assert answer(models, "half:predict", asked) == {"outputs": [3.0]}


def test_metrics_are_prometheus_text():
    server = asking.server("half", warm_up=False)
    ask(server, "half:predict", {"instances": [1]})
    ask(server, "half:predict", b"")
    ask(server, "made-up-by-a-client", None)
    for path in ("/metrics", "/monitoring/prometheus/metrics"):
        response = ask(server, path)
        assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = response.text.splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    of_half = 'model_name="half"'
    assert values[f':tensorflow:serving:request_count{{{of_half},status="OK"}}'] == "1"
    assert (
        values[f':tensorflow:serving:request_count{{{of_half},status="INVALID_ARGUMENT"}}'] == "1"
    )
    assert values[':tensorflow:serving:request_count{model_name="",status="NOT_FOUND"}'] == "1"
    assert values[f":stillflow:serving:versions{{{of_half}}}"] == "2"
    name = f':tensorflow:serving:request_latency_bucket{{{of_half},API="predict",entrypoint="REST"'
    buckets = [int(n) for key, n in values.items() if key.startswith(name)]
    assert buckets == sorted(buckets)
    assert buckets[-1] == 1
    assert all(re.fullmatch(r":[a-z_:]+\{[^}]*\} [-+.e\d]+", li) for li in lines if li[0] != "#")


def test_health_is_that_of_all_models(models):
    response = ask(models, "/healthz")
    assert isinstance(response, httpx.Response)
    assert set(response.json()["models"].values()) == {True}
