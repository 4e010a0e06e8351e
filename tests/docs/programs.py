"""Runs the programs of pages in one process: python -m stillflow run programs.py FILE

FILE holds {page: [[whether it goes on from the one before, text], ...]} as JSON. Prints, as JSON,
{page: [{"printed": text, "raised": traceback or None}, ...]}. Each page has a folder of its own
below the current one, and a process; a program that begins anew has a graph and names of its own.
"""

import contextlib
import io
import json
import multiprocessing
import os
import sys
import traceback

import tensorflow as tf


def run(text, names):
    with open("program.py", "w", encoding="utf-8") as file:
        file.write(text)  # AutoGraph reads the source of functions
    printed, raised = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(text, "program.py", "exec"), names)
        except BaseException:
            raised = traceback.format_exc()
    return {"printed": printed.getvalue(), "raised": raised}


def run_page(page_and_programs):
    """(the page, what its programs did): in a process of its own, which may be eager after that."""
    page, programs = page_and_programs
    os.makedirs(page, exist_ok=True)
    os.chdir(page)
    sys.path.insert(0, os.getcwd())
    done, names = [], {"__name__": "__main__"}
    for goes_on, text in programs:
        if not goes_on:
            tf.reset_default_graph()
            names = {"__name__": "__main__"}
        done.append(run(text, names))
    return page, done


with open(sys.argv[1], encoding="utf-8") as file:
    pages = json.load(file)
# Each process is a copy of this one, which has imported Stillflow and started nothing.
with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
    print(json.dumps(dict(pool.imap(run_page, pages.items(), chunksize=1))))
