"""Whatever a client sends, the answer is JSON, and never that the server failed."""

import json
import random

import asking
import pytest

ROW = {
    **{"float16": 0.5, "float32": 0.1, "float64": 0.1, "bool": True, "string": "hi"},
    **{"int8": -1, "int16": -2, "int32": -3, "int64": -4},
    **{"uint8": 1, "uint16": 2, "uint32": 3, "uint64": 4},
}
VALID = [
    ("half:predict", {"instances": [1.0, 2]}),
    ("half:predict", {"inputs": {"x": [1]}}),
    ("half:regress", {"signature_name": "regress_x_to_y", "examples": [{"x": 1.0}, {"x": [2.0]}]}),
    ("half:classify", {"signature_name": "classify_x_to_y", "examples": [{"x": 1.0}]}),
    ("flowers:classify", {"examples": [{"size": [1.0, 2.0], "count": 1}], "context": {}}),
    ("flowers:predict", {"signature_name": "names", "inputs": [{"b64": ""}]}),
    ("types:predict", {"instances": [ROW, ROW]}),
    ("types:predict", {"signature_name": "sum", "inputs": {"a": [[1, 2], [3, 4]], "b": 1}}),
    ("types:predict", {"signature_name": "text", "instances": ["a", {"b64": "aGk="}]}),
    ("types:predict", {"signature_name": "fixed", "inputs": [[1, 2, 3], [4, 5, 6]]}),
]
ODD = [
    *(0, -1, 1.5, 1e308, 10**30, "a", "\ud800", "", None, True, [], [1], [[1]], [[], [1]], {}),
    *({"b64": "aGk="}, {"b64": 1}, {"b64": "*"}, {"x": 1}, [1, "a"], [None], [[1, 2], [3]]),
]
SHARE = 0.06  # of the values of a document that are changed


def changed(value, choice: random.Random):
    """A copy in which values are others, missing or more."""
    if choice.random() < SHARE:
        return choice.choice(ODD)
    if isinstance(value, list):
        more = [choice.choice(ODD)] if choice.random() < SHARE else []
        return [*(changed(item, choice) for item in value), *more]
    if isinstance(value, dict):
        items = [(k, v) for k, v in value.items() if choice.random() > SHARE / 3]
        return {key: changed(item, choice) for key, item in items}
    return value


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 3, 4))])
def test_changed_requests_are_answered_or_refused(models, seed):
    choice = random.Random(seed)
    requests = []
    for _ in range(300 if seed == 1 else 3000):
        path, document = choice.choice(VALID)
        body = json.dumps(changed(document, choice)).encode()
        if choice.random() < SHARE:
            at = choice.randrange(len(body))
            body = body[:at] + bytes([choice.randrange(256)]) + body[at + 1 :]
        requests.append((path, body))
    found = asking.ask_all(models, requests)
    statuses = {response.status_code for response in found}
    assert statuses <= {200, 400, 499, 501}, [  # 499: the client is gone before it has said all
        r for r, a in zip(requests, found, strict=True) if a.is_server_error
    ]
    assert {200, 400} <= statuses
    for response in found:
        response.json()
