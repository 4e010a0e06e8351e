"""Servers of golden models, loaded once."""

import asking
import pytest


@pytest.fixture(scope="session")
def models():
    """All golden models that are served, each request with a run of its own."""
    labels = {("half", "stable"): 1}
    return asking.server("half", "mnist", "flowers", "types", labels=labels, warm_up=False)
