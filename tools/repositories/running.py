"""One program, watched: its lines, until it ends or has printed as many numbers as are wanted."""

import os
import subprocess
import threading

from . import reading


def run(words, folder, environment, recipe):
    """Runs `words` in `folder`.

    The program is ended once it printed `recipe["until"]` numbers, and after `recipe["seconds"]`.

    Returns:
        Its lines, standard output and error together, its processor seconds, whether it failed.
    """
    program = subprocess.Popen(
        words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    late = threading.Timer(recipe.get("seconds", 600), program.kill)
    late.start()
    lines, seen, enough = [], 0, False
    for raw in program.stdout:
        parts = raw.decode("utf-8", "replace").replace("\r", "\n").splitlines()
        lines += parts
        seen += len(reading.numbers(parts, recipe["numbers"]))
        if enough := seen >= recipe.get("until", float("inf")):
            program.kill()
            break
    _, program.returncode, used = os.wait4(program.pid, 0)
    program.stdout.close()
    if not late.is_alive() and not enough:
        lines.append("TimeoutError: ended for the time it took")
    late.cancel()
    return lines, used.ru_utime + used.ru_stime, program.returncode != 0 and not enough
