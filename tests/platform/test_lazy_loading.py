"""Modules that are imported when they are first used."""

import sys

from stillflow.platform.lazy_loading import LazyLoader


def test_a_module_is_imported_when_it_is_first_used(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    names = {}
    names["colours"] = loader = LazyLoader("colours", names, "colorsys")
    assert "colorsys" not in sys.modules
    assert loader.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
    assert names["colours"] is sys.modules["colorsys"]
    assert "hls_to_rgb" in dir(loader)
