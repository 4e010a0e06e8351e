"""Asks a running server many questions at once, and says how long they took.

    stillflow digits serve &
    python tools/load_digits.py --requests 1000

By default they are images of digits; of `stillflow serve` a model and what it is asked are named:

    python tools/load_digits.py --port 8501 --path /v1/models/NAME:predict --body '{"inputs": [1]}'

Each question has a connection of its own, all opened at once. Prints one line of JSON: how many
were asked, how many were answered with status 200, and milliseconds from the connection's start to
the answer's end (median, 99th percentile, longest). Needs the standard library only, and asks
nothing but this machine.
"""

import argparse
import asyncio
import json
import random
import time

PIXELS = 784
HOST = "127.0.0.1"


async def ask(port, path, body):
    """Posts a body; returns (status, seconds), status 0 for a connection that was lost."""
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    start = time.perf_counter()
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(head.encode() + body)
        answer = await reader.read()
        writer.close()
        return int(answer.split(b" ", 2)[1]), time.perf_counter() - start
    except (OSError, IndexError):
        return 0, time.perf_counter() - start


async def load(port, path, bodies):
    """Asks all questions at once; returns what `ask` gives for each."""
    return await asyncio.gather(*(ask(port, path, body) for body in bodies))


def image():
    """A body with an image of a digit."""
    return json.dumps({"pixels": [random.choice((0, 0, 0.5, 1)) for _ in range(PIXELS)]}).encode()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--path", default="/api/predict")
    parser.add_argument("--body", help="JSON; an image of a digit by default")
    options = parser.parse_args()
    body = options.body and options.body.encode()
    bodies = [body or image() for _ in range(options.requests)]
    found = asyncio.run(load(options.port, options.path, bodies))
    times = sorted(1000 * seconds for _, seconds in found)
    summary = {
        "asked": len(found),
        "answered": sum(status == 200 for status, _ in found),
        "median_ms": round(times[len(times) // 2], 1),
        "p99_ms": round(times[int(0.99 * (len(times) - 1))], 1),
        "longest_ms": round(times[-1], 1),
    }
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
