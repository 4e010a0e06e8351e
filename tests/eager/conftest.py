import pytest

from stillflow.runtime.eager.mode import eager_mode


@pytest.fixture(autouse=True)
def _eagerly():
    with eager_mode():
        yield
