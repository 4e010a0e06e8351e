"""A trained network, made once for all the tests that want right answers."""

import digit_models
import pytest


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory):
    """The folder of a model that knows most digits."""
    folder = tmp_path_factory.mktemp("trained")
    digit_models.trained(folder)
    return folder
