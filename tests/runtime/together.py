"""Functions in threads of their own."""

from concurrent.futures import ThreadPoolExecutor

SECONDS = 60  # longer than anything here takes; a test that hangs fails


def together(*functions):
    """Calls `functions`, each in a thread of its own; returns what they give."""
    with ThreadPoolExecutor(len(functions)) as pool:
        futures = [pool.submit(function) for function in functions]
        return [future.result(SECONDS) for future in futures]


def times(count, function, *arguments):
    return lambda: [function(*arguments) for _ in range(count)]
