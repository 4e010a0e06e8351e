"""The recogniser as a web service: a page to draw on, and a JSON API beside it.

`bodies` makes images of what clients send, `newest` keeps the model up to date, `progress` the
figures of its training, `app` answers; what any service needs is in `stillflow/serving`. The page
itself is the folder `stillflow/digits/page`.
"""
