"""Models as web services: `stillflow serve`, and what any such server needs.

Of any server:
bodies      what clients send, within bounds
batcher     requests of the same time, run together
server      a socket, and HTTP on it; listening: where a command listens

Of models, by TensorFlow Serving's REST API:
tensors     JSON to arrays and back; examples: to serialized Examples
signatures  what goes into a model and comes out
requests    what a body feeds; answers: what is written back
refusing    models that would run code, or write files
loading     a model in files, ready to run; warmup: run before it is asked
running     the requests of one model
versions    folders of versions, followed; models: all of them, by name
metrics     what is counted; describing: OpenAPI, and a page
app         the routes; starting: all of it put together
"""
