"""The recogniser as a web service: a page to draw on, and a JSON API beside it.

`bodies` reads what clients send, `batcher` runs it together, `newest` keeps the model up to date,
`app` answers, `server` listens. The page itself is the folder `stillflow/digits/page`.
"""
