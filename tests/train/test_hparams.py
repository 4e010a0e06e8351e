"""Hyper-parameters: what TensorFlow 1.15 was seen to make of texts, types and protos."""

import pytest

import stillflow as tf

training = tf.contrib.training


def hparams():
    return training.HParams(rate=0.5, layers=[8, 4], name="net", deep=False, extra=None)


def test_values_are_attributes_and_have_types():
    h = hparams()
    assert (h.rate, h.layers, h.name) == (0.5, [8, 4], "net")
    assert "rate" in h
    assert "other" not in h
    assert h.values() == {
        "rate": 0.5,
        "layers": [8, 4],
        "name": "net",
        "deep": False,
        "extra": None,
    }
    assert str(h) == "rate=0.5,layers=[8, 4],name=net,deep=False,extra=None"
    assert repr(training.HParams(b=1, a="x")) == "HParams([('a', 'x'), ('b', 1)])"
    h.add_hparam("added", 3)
    h.del_hparam("name")
    assert h.get("added") == 3
    assert h.get("name", "none") == "none"
    assert not hasattr(h, "name")


def test_a_text_overrides():
    h = hparams().parse("rate=2,layers=[1, 2 3],name= new name,deep=true")
    assert h.values() == {
        **{"rate": 2.0, "layers": [1, 2, 3], "name": "new name", "deep": True},
        "extra": None,
    }
    assert training.parse_values("a[3]=1,a[0]=2,b.c=x", {"a": int, "b.c": str}) == {
        "a": {3: 1, 0: 2},
        "b.c": "x",
    }
    assert training.parse_values("x=1,y=0", {"y": bool}, ignore_unknown=True) == {"y": False}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rate", "Malformed hyperparameter value: rate"),
        ("other=1", "Unknown hyperparameter type for other"),
        ("rate=x", "Could not parse hparam 'rate' of type 'float' with value 'x' in rate=x"),
        ("deep=yes", "Could not parse hparam 'deep' of type 'bool' with value 'yes' in deep=yes"),
        ("rate=1,rate=2", "Multiple assignments to variable 'rate' in rate=1,rate=2"),
        ("layers[0]=1,layers=[2]", "Multiple assignments to variable 'layers'"),
        ("layers[1]=[2]", "Assignment of a list to a list index."),
        ("rate=[1]", "Must not pass a list for single-valued parameter: rate"),
        ("layers=1", "Must pass a list for multi-valued parameter: layers."),
    ],
)
def test_texts_that_are_refused(text, sentence):
    with pytest.raises(ValueError, match="^" + sentence.replace("[", r"\[").replace(".", r"\.")):
        hparams().parse(text)


@pytest.mark.parametrize(
    ("name", "value"), [("layers", [1, 2.5]), ("name", 3), ("deep", 1), ("rate", "1")]
)
def test_values_that_would_lose_something(name, value):
    with pytest.raises(ValueError, match="Could not cast hparam"):
        hparams().set_hparam(name, value)


def test_names_that_are_taken():
    with pytest.raises(ValueError, match="Hyperparameter name is reserved: parse"):
        hparams().add_hparam("parse", 1)
    with pytest.raises(ValueError, match="cannot be empty: nothing"):
        hparams().add_hparam("nothing", [])


def test_a_default_must_be_of_the_type():
    assert hparams().get("rate", 1) == 0.5
    with pytest.raises(ValueError, match="is incompatible with default=x"):
        hparams().get("rate", "x")
    with pytest.raises(ValueError, match="is incompatible with default=3"):
        hparams().get("layers", 3)


def test_json_and_protos_hold_the_same():
    h = training.HParams(rate=0.5, layers=[8, 4], name="net", deep=True, words=["a", "b"])
    assert h.to_json(sort_keys=True) == (
        '{"deep": true, "layers": [8, 4], "name": "net", "rate": 0.5, "words": ["a", "b"]}'
    )
    assert h.parse_json('{"layers": [5]}').layers == [5]
    proto = h.to_proto()
    assert training.HParams.from_proto(proto).values() == h.values()
    # As TensorFlow 1.15 serialises `HParams(rate=0.5)` and `HParams(layers=[8, 4])`.
    assert training.HParams(rate=0.5).to_proto().SerializeToString() == (
        b"\n\r\n\x04rate\x12\x05\x15\x00\x00\x00?"
    )
    assert training.HParams(layers=[8, 4]).to_proto().SerializeToString() == (
        b'\n\x10\n\x06layers\x12\x06"\x04\n\x02\x08\x04'
    )
    with pytest.raises(ValueError, match="Unsupported parameter type"):
        hparams().to_proto()
