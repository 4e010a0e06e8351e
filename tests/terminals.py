"""Commands on a terminal of their own, and what that shows."""

import os
import pty
import subprocess

#: Down a line in the same column, which is cleared; and back to where the cursor was.
BELOW, BACK = "\x1bD\x1b7\r\x1b[2K", "\x1b8\x1b[A"


def on_a_terminal(command, folder=None, **environment):
    """What a terminal is sent by a command, which must end well."""
    ours, theirs = pty.openpty()
    settings = os.environ | {"TERM": "xterm"} | environment
    process = subprocess.Popen(command, cwd=folder, env=settings, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other side is closed
            part = b""
        if not part:
            break
        seen += part
    os.close(ours)
    assert process.wait() == 0, seen
    return seen.decode()
