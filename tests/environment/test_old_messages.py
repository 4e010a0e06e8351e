"""Modules of messages that old versions of protoc wrote can be imported."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2

from stillflow.environment import old_messages

# The form of protoc 3.6, cut short: descriptors made one by one beside the serialised file.
OLD = """
import sys
_b=sys.version_info[0]<3 and (lambda x:x) or (lambda x:x.encode('latin1'))
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from google.protobuf import reflection as _reflection
from google.protobuf import symbol_database as _symbol_database
{imports}
DESCRIPTOR = _descriptor.FileDescriptor(
  name={name!r}, package='stillflow.test', syntax='proto2',
  serialized_pb={serialized}
)
_POINT = _descriptor.Descriptor(
  name='Point', full_name='stillflow.test.Point', filename=None, file=DESCRIPTOR, fields=[])
Point = _reflection.GeneratedProtocolMessageType('Point', (_message.Message,), dict(
  DESCRIPTOR = _POINT, __module__ = {module!r}))
"""


def file_of(name, message, field_type, *, dependency=None, public=False):
    """A .proto file of one message, which has a number, a repeated field and an enum."""
    file = descriptor_pb2.FileDescriptorProto(name=f"{name}.proto", package="stillflow.test")
    kind = file.message_type.add(name=message)
    kind.field.add(name="x", number=1, type="TYPE_INT32", label="LABEL_OPTIONAL", default_value="7")
    kind.field.add(
        name="inner",
        number=2,
        label="LABEL_REPEATED",
        type="TYPE_MESSAGE",
        type_name=f".stillflow.test.{field_type}",
    )
    kind.enum_type.add(name="Kind").value.add(name=f"{message.upper()}_A", number=0)
    if dependency:
        file.dependency.append(f"{dependency}.proto")
        file.public_dependency.extend([0] if public else [])
    return file


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes a module in the old form and has it found."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    monkeypatch.syspath_prepend(tmp_path)

    def write(file, imports="", wrap="_b({!r})"):
        name = file.name.removesuffix(".proto")
        serialized = file.SerializeToString()
        shown = serialized.decode("latin1") if "_b" in wrap else serialized
        module = f"{name}_pb2"
        text = OLD.format(
            name=file.name, module=module, imports=imports, serialized=wrap.format(shown)
        )
        (tmp_path / f"{module}.py").write_text(text, "utf-8")

    return write


def test_protobuf_refuses_the_old_form(written, tmp_path):
    """Else the shim is needed no more."""
    written(file_of("refused_old", "Refused", "Refused"))
    command = [sys.executable, "-c", "import refused_old_pb2"]  # nothing is installed there
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "TypeError: Descriptors cannot be created directly" in done.stderr


@pytest.mark.parametrize("wrap", ["_b({!r})", "{!r}"])
def test_its_messages_are_there(written, wrap):
    """With their defaults, nested messages and enums, and they serialise."""
    name = f"plain_old_{len(wrap)}"
    written(file_of(name, f"Plain{len(wrap)}", f"Plain{len(wrap)}"), wrap=wrap)
    old_messages.install()
    module = __import__(f"{name}_pb2")
    message_class = getattr(module, f"Plain{len(wrap)}")
    message = message_class(inner=[message_class(x=3)])
    assert (message.x, message.inner[0].x) == (7, 3)
    assert message_class.FromString(message.SerializeToString()) == message
    assert getattr(message_class, f"PLAIN{len(wrap)}_A") == 0
    assert message_class.__module__ == module.__name__
    assert module.DESCRIPTOR.name == f"{name}.proto"


def test_protobufs_own_module_is_left_alone():
    """It has a branch of the old form, which is not run, and is costly to take apart."""
    spec = importlib.util.find_spec("google.protobuf.descriptor_pb2")
    assert ".FileDescriptor(" in Path(spec.origin).read_text("utf-8")
    assert old_messages._parsed(spec) is None


def test_what_it_imports_comes_first(written):
    """Also where it shows all of another's messages as its own."""
    written(file_of("below_old", "Below", "Below"))
    above = file_of("above_old", "Above", "Below", dependency="below_old", public=True)
    written(above, "import below_old_pb2 as below__old__pb2\nfrom below_old_pb2 import *")
    old_messages.install()
    import above_old_pb2
    import below_old_pb2

    assert above_old_pb2.Below is below_old_pb2.Below
    assert above_old_pb2.Above(inner=[below_old_pb2.Below(x=2)]).inner[0].x == 2


def test_what_it_imports_may_be_beside_it_in_a_package(written, tmp_path, monkeypatch):
    written(file_of("side_old", "Side", "Side"))
    beside = file_of("beside_old", "Beside", "Side", dependency="side_old")
    written(beside, "from . import side_old_pb2 as side__old__pb2")
    (tmp_path / "package_of_old").mkdir()
    for module in tmp_path.glob("*_pb2.py"):
        module.rename(tmp_path / "package_of_old" / module.name)
    old_messages.install()
    from package_of_old import beside_old_pb2, side_old_pb2

    assert beside_old_pb2.Beside(inner=[side_old_pb2.Side(x=2)]).inner[0].x == 2


def test_modules_of_today_are_left_alone():
    old_messages.install()
    try:
        folders = sys.modules["google.protobuf"].__path__
        spec = sys.meta_path[0].find_spec("google.protobuf.any_pb2", folders)
    finally:
        del sys.meta_path[0]
    assert type(spec.loader).__name__ == "SourceFileLoader"
