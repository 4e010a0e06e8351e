"""The digit recogniser: a product built on the public tree alone.

`forward` is the network, `backward` its training, `evaluate` its test, as the course divides them;
`recogniser` answers for images, `commands` is the command line. Nothing here knows the engine.
"""
