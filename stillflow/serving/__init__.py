"""Models as web services.

bodies     what clients send, within bounds
batcher    requests of the same time, run together
server     a socket, and HTTP on it
"""
