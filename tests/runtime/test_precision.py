"""How exactly a GPU multiplies: float32 in full, unless it is told otherwise."""

import jax
import jax.numpy as jnp
import pytest

from stillflow.runtime import xla_placement


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch):
    monkeypatch.delenv("STILLFLOW_MATMUL_PRECISION", raising=False)
    before = jax.config.jax_default_matmul_precision
    jax.config.update("jax_default_matmul_precision", None)
    yield
    jax.config.update("jax_default_matmul_precision", before)


def asked_of_a_gpu() -> str:
    """A product as it is handed to the compiler for NVIDIA's GPUs."""
    x = jnp.ones([2, 2])
    traced = jax.jit(lambda x: x @ x).trace(x)
    return traced.lower(lowering_platforms=("cuda",)).as_text()


def test_products_are_full():
    assert "precision = [DEFAULT, DEFAULT]" in asked_of_a_gpu()
    xla_placement._choose_precision()
    assert "precision = [HIGHEST, HIGHEST]" in asked_of_a_gpu()


def test_bits_may_be_given_for_speed(monkeypatch):
    monkeypatch.setenv("STILLFLOW_MATMUL_PRECISION", "tensorfloat32")
    xla_placement._choose_precision()
    assert "precision = [HIGH, HIGH]" in asked_of_a_gpu()


def test_what_the_program_has_told_jax_stays():
    jax.config.update("jax_default_matmul_precision", "bfloat16")
    xla_placement._choose_precision()
    assert jax.config.jax_default_matmul_precision == "bfloat16"


def test_there_are_three(monkeypatch):
    monkeypatch.setenv("STILLFLOW_MATMUL_PRECISION", "half")
    with pytest.raises(ValueError, match="it may be float32, tensorfloat32, bfloat16"):
        xla_placement._choose_precision()
