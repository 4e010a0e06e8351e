"""Records TensorFlow 1.15's names: what is public, and which internal names are public objects.

usage: PYTHON-WITH-TF-1.15 tools/record_names.py     (written for Python 3.7)

Writes stillflow/api/tf115_names.json: {public module: "name name ..."}, and
stillflow/environment/internal_names.json: {internal module: {public module: "name name ..."}}, an
internal name that differs from the public one being written internal=public. An internal module
that is a public one is written {internal module: public module}; the key "" lists the modules that
hold no public object. Functions of generated modules are written as the op types that they build,
of the public module raw_ops: relu_grad=ReluGrad.

And stillflow/environment/class_modules.txt, a line for each module that defines public classes: its
name, a colon, and their public names, a class that has another name of itself being written
class=public.
"""

import importlib
import json
import os
import pkgutil
import re
import sys
import types
import warnings
from collections import defaultdict

import tensorflow as tf

ROOT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "stillflow")
PUBLIC_NAMES = os.path.join(ROOT, "api", "tf115_names.json")
INTERNAL_NAMES = os.path.join(ROOT, "environment", "internal_names.json")
CLASS_MODULES = os.path.join(ROOT, "environment", "class_modules.txt")
OURS = ("tensorflow.", "tensorflow_core.", "tensorflow_estimator.")
# The C++ bindings, and the sources that a root attribute happens to show.
REPEATED = ("compat.v1", "compat.v2.compat", "compat.v2.keras", "compat.v2.raw_ops")
SKIPPED = ("pywrap_tensorflow", "python", "core", "compiler", "tools")
# These star-import other modules' insides: that says nothing about where a name comes from.
LEAKY = ("contrib.quantization", "contrib.slim", "contrib.specs", "raw_ops")
# Generated modules define, for an op type, a function of its own name that calls the other.
RAW_OP = re.compile(r"^def (\w+)\(.*\):\n  return (\w+)\(.*\n\1\.__doc__", re.MULTILINE)
# Nor do equal small values, which are one object by accident.
PLAIN = (type(None), bool, int, float, complex, str, bytes, tuple, list, dict)


def is_module(value):
    return isinstance(value, types.ModuleType)


def public_members(module):
    """(name, value) of what a user may mean: nothing private, and no borrowed module."""
    for name in sorted(set(dir(module))):
        if name.startswith("_"):
            continue
        try:
            value = getattr(module, name)
        except Exception:  # a lazy loader whose optional dependency is not installed
            continue
        if type(value).__name__ == "_Feature":
            continue
        if is_module(value) and not value.__name__.startswith(OURS):
            continue
        yield name, value


def walk_public():
    """{public module: {name: value}}, "" being the root; contrib is entered two levels deep."""
    found = {}

    def walk(module, path):
        found[path] = dict(public_members(module))
        in_contrib = path.startswith("contrib")
        for name, value in found[path].items():
            below = path + "." + name if path else name
            # compat.v1 repeats the root; compat.v2 is another API, but for these.
            enter = is_module(value) and below not in found and below not in REPEATED
            if in_contrib:
                enter = enter and path == "contrib"
            elif enter and path:
                enter = ".python." not in value.__name__ or "._v1." in value.__name__
            if enter and below not in SKIPPED:
                walk(value, below)

    walk(tf, "")
    return found


def walk_imported_alone():
    """{package of contrib that tf.contrib does not show: its names}, of those that have any."""
    found = {}
    for package in pkgutil.iter_modules(tf.contrib.__path__):
        if package.ispkg and not hasattr(tf.contrib, package.name):
            path = "contrib." + package.name
            module = importlib.import_module("tensorflow." + path)
            own = module.__name__ + "."
            found[path] = [
                name
                for name, value in public_members(module)
                if not is_module(value) or (value.__name__ == own + name and name != "python")
            ]
    return {path: names for path, names in found.items() if names}


def rank(path, name):
    """Orders the public spellings of one object: the plain ones, then the short ones."""
    return path.startswith(("contrib", "keras", "compat.v2")), path.count("."), len(path), path


def public_spellings(public):
    """{id: [(module, name), ...]}, the best spelling first."""
    spellings = defaultdict(list)
    for path, members in public.items():
        if path in LEAKY:
            continue
        for name, value in members.items():
            if not is_module(value) and not isinstance(value, PLAIN):
                spellings[id(value)].append((path, name))
    for found in spellings.values():
        found.sort(key=lambda spelling: rank(*spelling))
    return spellings


def generated_functions(modules):
    """{id: op type} of the functions that build nodes of one type each."""
    types = {}
    for name, module in modules.items():
        if name.rpartition(".")[2].startswith("gen_"):
            with open(module.__file__) as f:
                for op_type, function in RAW_OP.findall(f.read()):
                    types[id(getattr(module, function))] = op_type
    return types


def import_internals():
    """Imports what `import tensorflow` leaves out, as programs reach into that too."""
    import tensorflow_core.python as internals

    skipped = ("test", "debug.wrappers", "tools.api", "keras.api", "eager.benchmark")
    for found in pkgutil.walk_packages(
        internals.__path__, "tensorflow.python.", onerror=lambda _: 0
    ):
        if any(part in found.name for part in skipped):
            continue
        try:
            importlib.import_module(found.name)
        except Exception as error:
            print("not imported:", found.name, repr(error)[:90])


def internal_modules():
    """{name as programs write it: module}, for tensorflow.python and the insides of contrib."""
    modules = {}
    for name, module in list(sys.modules.items()):
        name = name.replace("tensorflow_core.", "tensorflow.", 1)
        inside = name.startswith("tensorflow.python") or (
            name.startswith("tensorflow.contrib.") and ".python" in name
        )
        if module is not None and inside and "._" not in name:
            modules[name[len("tensorflow.") :]] = module
    return modules


def public_modules(public):
    """{internal module: public module} of the modules that are both."""
    both = {}
    for path in ("", "contrib", "contrib.learn"):
        for name, value in public[path].items():
            if name in SKIPPED:
                continue
            if is_module(value) and ".python." in value.__name__ and "._v1." not in value.__name__:
                internal = value.__name__.split(".", 1)[1]
                both.setdefault(internal, path + "." + name if path else name)
    return both


def same_constants(name, module, public):
    """(public module, names) of the plain values in the public module of the same last name."""
    for path, members in public.items():
        if path and path.rsplit(".")[-1] == name.rsplit(".")[-1]:
            for key, value in members.items():
                found = vars(module).get(key)
                if isinstance(value, PLAIN) and type(found) is type(value) and found == value:
                    yield path, key


def match(module_name, module, spellings, generated, public):
    """{public module: [name or internal=public, ...]} of one internal module."""
    matched = defaultdict(list)
    for path, key in same_constants(module_name, module, public):
        matched[path].append(key)
    for name, value in sorted(vars(module).items()):
        if is_module(value):
            continue
        if id(value) not in spellings:
            if id(value) in generated:
                matched["raw_ops"].append(name + "=" + generated[id(value)])
            continue
        known = spellings[id(value)]
        of_tensorflow = [s for s in known if rank(*s)[:1] == rank(*known[0])[:1]]
        path, public_name = next((s for s in of_tensorflow if s[1] == name), known[0])
        matched[path].append(name if name == public_name else name + "=" + public_name)
    return matched


def class_modules(public):
    """{module that defines classes: [public name, ...]}"""
    found = defaultdict(list)
    for path, members in public.items():
        if path.startswith("compat.v2"):  # most are other spellings of the same
            continue
        for name, value in members.items():
            home = getattr(value, "__module__", "")
            if isinstance(value, type) and path not in LEAKY and home.startswith("tensorflow."):
                own = "" if value.__name__ == name else value.__name__ + "="
                found[home].append(own + (path + "." + name if path else name))
    return found


def write_lines(path, table):
    with open(path, "w") as f:
        f.writelines(f"{key}: {' '.join(sorted(table[key]))}\n" for key in sorted(table))


def write(path, table):
    lines = [f"{json.dumps(key)}: {json.dumps(table[key])}" for key in sorted(table)]
    with open(path, "w") as f:
        f.write("{\n" + ",\n".join(lines) + "\n}\n")


def main():
    warnings.simplefilter("ignore")
    tf.logging.set_verbosity(tf.logging.FATAL)
    public = walk_public()
    write_lines(CLASS_MODULES, class_modules(public))
    import_internals()
    spellings = public_spellings(public)
    internal = {}
    modules = internal_modules()
    generated = generated_functions(modules)
    for name, module in modules.items():
        matched = match(name, module, spellings, generated, public)
        internal[name] = {path: " ".join(names) for path, names in sorted(matched.items())}
    internal.update(public_modules(public))
    table = {name: matched for name, matched in internal.items() if matched}
    table[""] = " ".join(sorted(set(internal) - set(table)))
    write(INTERNAL_NAMES, table)
    public.update(walk_imported_alone())  # last: what it imports tf.contrib would show
    write(PUBLIC_NAMES, {path: " ".join(members) for path, members in public.items()})


if __name__ == "__main__":
    main()
