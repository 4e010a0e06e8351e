import importlib.metadata

import pytest

from stillflow.runtime.xla_flags import xla_flags

SLOW = "--xla_cpu_experimental_ynn_fusion_type=-individual_convolution"


@pytest.fixture
def jaxlib(monkeypatch):
    return lambda version: monkeypatch.setattr(importlib.metadata, "version", lambda _: version)


@pytest.mark.parametrize("version", ["0.10.0", "0.10.2.dev20260101"])
def test_a_slow_library_is_left_out(jaxlib, version):
    jaxlib(version)
    assert xla_flags("", strict=False) == SLOW
    assert xla_flags("--xla_dump_to=x", strict=False) == f"--xla_dump_to=x {SLOW}"


@pytest.mark.parametrize("version", ["0.11.0", "0.12.0.1", "1.10.0"])
def test_others_are_as_they_are(jaxlib, version):
    jaxlib(version)
    assert xla_flags("--xla_dump_to=x", strict=False) == "--xla_dump_to=x"


def test_what_the_user_says_holds(jaxlib):
    jaxlib("0.10.2")
    own = "--xla_cpu_experimental_ynn_fusion_type=-reduce"
    assert xla_flags(own, strict=False) == own


def test_strict(jaxlib):
    jaxlib("0.12.0")
    assert xla_flags("--xla_dump_to=x", strict=True) == "--xla_dump_to=x --xla_cpu_max_isa=AVX"
