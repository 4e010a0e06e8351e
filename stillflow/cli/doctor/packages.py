"""Which packages and extras are installed, and whether their versions suit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion

_OURS = "stillflow"
_FOR_CONTRIBUTORS = ("dev", "docs")
_REALLY_TENSORFLOW = ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tf-nightly")


@dataclass(frozen=True)
class Package:
    """A package that Stillflow, an extra or JAX needs.

    Attributes:
      needed: which versions, as `>=2.0`; empty where any will do.
      version: the one that is installed, if any.
    """

    name: str
    needed: str
    version: str | None
    suits: bool


def version_of(name: str) -> str | None:
    """The version of an installed package; None where it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def needed() -> list[Package]:
    """What Stillflow cannot do without, and JAX's compiled half, which has to fit JAX."""
    jaxlib = (r for r in _requirements("jax", "") if r.name == "jaxlib")
    packages = map(_package, (*_requirements(_OURS, ""), *jaxlib))
    return sorted(packages, key=lambda package: package.name)


@dataclass(frozen=True)
class Extra:
    """What an extra of Stillflow adds, and whether all of it is there."""

    installed: bool
    packages: list[Package]


def extras() -> dict[str, Extra]:
    """The extras by name, but for those of contributors."""
    try:
        names = metadata.metadata(_OURS).get_all("Provides-Extra") or []
    except metadata.PackageNotFoundError:
        names = []
    return {name: _extra(name) for name in names if name not in _FOR_CONTRIBUTORS}


def _extra(name: str) -> Extra:
    packages = list({p.name: p for p in map(_package, _added_by(_OURS, name))}.values())
    return Extra(all(package.version for package in packages), packages)


def tensorflow() -> str | None:
    """What has TensorFlow itself installed, with its version; None where nothing has."""
    found = ((name, version_of(name)) for name in _REALLY_TENSORFLOW)
    return next((f"{name} {version}" for name, version in found if version), None)


def _package(requirement: Requirement) -> Package:
    version = version_of(requirement.name)
    suits = version is not None and _contains(requirement.specifier, version)
    return Package(requirement.name, str(requirement.specifier), version, suits)


def _contains(versions: SpecifierSet, version: str) -> bool:
    try:
        return versions.contains(version, prereleases=True)
    except InvalidVersion:
        return False


def _requirements(name: str, extra: str) -> Iterator[Requirement]:
    """What a package needs on this machine: for an extra, or where it is empty, at all."""
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for requirement in map(Requirement, lines):
        marker = requirement.marker
        is_always = marker is None or marker.evaluate({"extra": ""})
        is_of_extra = marker is not None and marker.evaluate({"extra": extra}) and not is_always
        if is_of_extra if extra else is_always:
            yield requirement


def _added_by(name: str, extra: str) -> Iterator[Requirement]:
    """What an extra adds, and the extras that it names add in turn."""
    for requirement in _requirements(name, extra):
        if requirement.name != _OURS:
            yield requirement
        for inner in sorted(requirement.extras):
            yield from _added_by(requirement.name, inner)
