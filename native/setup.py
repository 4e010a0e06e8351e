"""Builds the library with the machine's C++ compiler: `pip wheel native`."""

from importlib import metadata
from pathlib import Path

import jaxlib
from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext


def installed(package: str, ending: str) -> Path:
    """A file that a package of oneDNN has put beside Python's."""
    return Path(next(f for f in metadata.files(package) or () if str(f).endswith(ending)).locate())


HEADERS = installed("onednn-devel-cpu-gomp", "include/oneapi/dnnl/dnnl.hpp").parents[2]
ONEDNN = installed("onednn-cpu-gomp", "/libdnnl.so.3")
XLA = Path(jaxlib.__file__).parent / "include"


class Library(build_ext):
    """A library that is loaded by its path, and so has a plain name."""

    def get_ext_filename(self, name: str) -> str:
        return f"{name.replace('.', '/')}.so"


class AnyPython(bdist_wheel):
    """A wheel of a machine, not of a Python."""

    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", super().get_tag()[2]


setup(
    ext_modules=[
        Extension(
            "stillflow_native.library",
            ["src/convolution.cc", "src/job.cc", "src/library.cc", "src/product.cc"],
            depends=["src/convolution.h", "src/job.h", "src/product.h"],
            include_dirs=[str(HEADERS), str(XLA)],
            extra_compile_args=["-std=c++17", "-O3", "-fopenmp", "-fvisibility=hidden"],
            extra_link_args=["-fopenmp", str(ONEDNN)],
            language="c++",
        )
    ],
    cmdclass={"build_ext": Library, "bdist_wheel": AnyPython},
)
