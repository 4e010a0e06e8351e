"""TensorFlow's `saved_model_cli`: shows, runs and scans SavedModels.

python -m stillflow -m tensorflow.python.tools.saved_model_cli show --dir model --all
"""

from __future__ import annotations

import argparse
import os
from typing import Any

import numpy as np

from stillflow.graph.graph import Graph
from stillflow.interchange.saved_model import loader, showing
from stillflow.interchange.saved_model.given_inputs import load_inputs_from_input_arg_string
from stillflow.runtime.session import Session


def show(args: Any) -> None:
    """Prints tags, the keys of signatures, or what a signature says, as the options ask."""
    if args.all:
        showing.show_all(args.dir)
    elif args.tag_set is None:
        showing.show_tag_sets(args.dir)
    elif args.signature_def is None:
        showing.show_signature_keys(args.dir, args.tag_set)
    else:
        showing.show_inputs_outputs(args.dir, args.tag_set, args.signature_def)


def run(args: Any) -> None:
    """Runs a signature; AttributeError where no input is given."""
    if not (args.inputs or args.input_exprs or args.input_examples):
        raise AttributeError(
            "At least one of --inputs, --input_exprs or --input_examples must be required"
        )
    inputs = load_inputs_from_input_arg_string(args.inputs, args.input_exprs, args.input_examples)
    run_saved_model_with_feed_dict(
        args.dir, args.tag_set, args.signature_def, inputs, args.outdir, args.overwrite
    )


def run_saved_model_with_feed_dict(
    saved_model_dir: str,
    tag_set: str,
    signature_def_key: str,
    input_tensor_key_feed_dict: dict[str, Any],
    outdir: str | None,
    overwrite_flag: bool,
    worker: str | None = None,
    init_tpu: bool = False,
    tf_debug: bool = False,
) -> None:
    """Prints the outputs of a signature, and saves each as NumPy does where `outdir` is given.

    Raises:
      ValueError: there is no such input.
      RuntimeError: a file is there already, or there is no graph of these tags.
      NotImplementedError: it is to run on a worker, a TPU or in a debugger.
    """
    if worker or init_tpu or tf_debug:
        raise NotImplementedError(
            "saved_model_cli's --worker, --init_tpu and --tf_debug are not in Stillflow."
        )
    meta = loader.get_meta_graph_def(saved_model_dir, tag_set)
    signature = meta.signature_def[signature_def_key]
    for key in input_tensor_key_feed_dict:
        if key not in signature.inputs:
            known = '", "'.join(signature.inputs)
            raise ValueError(
                f'"{key}" is not a valid input key. Please choose from "{known}", or use --show '
                "option."
            )
    feeds = {signature.inputs[k].name: v for k, v in input_tensor_key_feed_dict.items()}
    fetches = {key: info.name for key, info in sorted(signature.outputs.items())}
    with Session(graph=Graph()) as session:
        loader.load(session, tag_set.split(","), saved_model_dir)
        outputs = session.run(list(fetches.values()), feeds)
    for key, output in zip(fetches, outputs, strict=True):
        print(f"Result for output key {key}:\n{output}")
        if outdir:
            _save(output, outdir, key, overwrite_flag)


def _save(output: Any, outdir: str, key: str, overwrite: bool) -> None:
    os.makedirs(outdir, exist_ok=True)
    path = os.path.join(outdir, f"{key}.npy")
    if not overwrite and os.path.exists(path):
        raise RuntimeError(
            f'Output file {path} already exists. Add "--overwrite" to overwrite the existing '
            "output files."
        )
    np.save(path, output)
    print(f"Output {key} is saved to {path}")


def scan(args: Any) -> None:
    """Prints which ops of the graphs read or write files or print."""
    if args.tag_set:
        graphs = [loader.get_meta_graph_def(args.dir, args.tag_set)]
    else:
        graphs = loader.read_saved_model(args.dir).meta_graphs
    for meta in graphs:
        showing.scan_meta_graph_def(meta)


def create_parser() -> argparse.ArgumentParser:
    """Returns the parser of the command's arguments."""
    parser = argparse.ArgumentParser(
        description="saved_model_cli: Command-line interface for SavedModel"
    )
    parser.add_argument("-v", "--version", action="version", version="0.1.0")
    commands = parser.add_subparsers(title="commands")
    shown = _command(commands, "show", show, "what is in a SavedModel")
    shown.add_argument("--all", action="store_true", help="show everything")
    shown.add_argument("--tag_set", help="the tags of a graph, with commas between")
    shown.add_argument("--signature_def", metavar="SIGNATURE_DEF_KEY", help="a signature's key")
    ran = _command(commands, "run", run, "run a signature of a SavedModel")
    ran.add_argument("--tag_set", required=True, help="the tags of a graph, with commas between")
    ran.add_argument(
        "--signature_def", required=True, metavar="SIGNATURE_DEF_KEY", help="a signature's key"
    )
    ran.add_argument("--inputs", default="", help="key=file.npy;key=file.npz[name]")
    ran.add_argument("--input_exprs", default="", help="key=np.ones(2);key=[1, 2]")
    ran.add_argument("--input_examples", default="", help='key=[{"feature": [1.0]}]')
    ran.add_argument("--outdir", help="where outputs are saved, as .npy files")
    ran.add_argument("--overwrite", action="store_true", help="replace files that are there")
    ran.add_argument("--tf_debug", action="store_true", help="not in Stillflow")
    ran.add_argument("--worker", help="not in Stillflow")
    ran.add_argument("--init_tpu", action="store_true", default=None, help="not in Stillflow")
    scanned = _command(commands, "scan", scan, "look for ops that use files or print")
    scanned.add_argument("--tag_set", help="the tags of a graph, with commas between")
    return parser


def _command(commands: Any, name: str, function: Any, description: str) -> Any:
    parser = commands.add_parser(name, description=description, help=description)
    parser.add_argument("--dir", required=True, help="the folder of the SavedModel")
    parser.set_defaults(func=function)
    return parser


def main() -> None:
    """Does what the command line says."""
    parser = create_parser()
    args = parser.parse_args()
    if not hasattr(args, "func"):
        parser.error("too few arguments")
    args.func(args)


if __name__ == "__main__":
    main()
