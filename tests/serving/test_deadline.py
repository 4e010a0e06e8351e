"""A connection is cut when a request is not done with in time."""

import asyncio

import uvicorn

from stillflow.serving import server

LARGE = 50_000_000


class QuickProtocol(server.DeadlineProtocol):
    deadline = 0.3


async def app(scope, receive, send):
    """Answers once the body is there; a request for /large with more than a socket takes in."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        more = message["more_body"]
    size = LARGE if scope["path"] == "/large" else 2
    headers = [(b"content-length", str(size).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": bytes(size)})


async def talk(*parts, read=True):
    """What a server of `app` sends back for parts that come 0.1 s apart, until it hangs up."""
    listener = server.listen("127.0.0.1", 0)
    settings = {"http": QuickProtocol, "lifespan": "off", "ws": "none", "log_level": "error"}
    running = uvicorn.Server(uvicorn.Config(app, timeout_keep_alive=1, **settings))
    serving = asyncio.create_task(running.serve(sockets=[listener]))
    while not running.started:
        await asyncio.sleep(0.01)
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    try:
        for part in parts:
            writer.write(part)
            await asyncio.sleep(0.1)
        if not read:
            await asyncio.sleep(1)
        return await asyncio.wait_for(reader.read(), 20)
    except ConnectionError:
        return b""
    finally:
        writer.close()
        running.should_exit = True
        await serving


SLOW = [b"GET / HTTP/1.1\r\n", *(b"X-%d: 1\r\n" % i for i in range(9))]


def test_headers_that_trickle_in_are_not_waited_for():
    assert asyncio.run(talk(*SLOW, b"Host: d\r\n\r\n")) == b""


def test_a_client_that_says_nothing_is_cut_off():
    assert asyncio.run(talk()) == b""


def test_an_answer_that_is_not_read_is_not_kept():
    read = asyncio.run(talk(b"GET /large HTTP/1.1\r\nHost: d\r\n\r\n", read=False))
    assert len(read) < LARGE


def test_requests_in_time_follow_each_other_beyond_the_deadline():
    request = b"GET / HTTP/1.1\r\nHost: d\r\n\r\n"
    answers = asyncio.run(talk(*[request] * 6))
    assert answers.count(b"200 OK") == 6
