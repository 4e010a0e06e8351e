"""Asks a running `stillflow digits serve` many questions at once, and says how long they took.

    stillflow digits serve &
    python tools/load_digits.py --requests 1000

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


async def ask(port, pixels):
    """Posts one image; returns (status, seconds), status 0 for a connection that was lost."""
    body = json.dumps({"pixels": pixels}).encode()
    head = f"POST /api/predict HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
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


async def load(port, requests):
    """Asks all questions at once; returns what `ask` gives for each."""
    images = [[random.choice((0, 0, 0.5, 1)) for _ in range(PIXELS)] for _ in range(requests)]
    return await asyncio.gather(*(ask(port, pixels) for pixels in images))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--requests", type=int, default=1000)
    options = parser.parse_args()
    found = asyncio.run(load(options.port, options.requests))
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
