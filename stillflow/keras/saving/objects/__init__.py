"""Keras models as SavedModels of objects: `save_format="tf"`.

telling   what a file says of a layer: its configuration, lists, functions
calls     the functions of a layer's call
around    what calls of a layer leave in it, while its functions are traced
saving    `model.save(folder, save_format="tf")`
revived   layers of a file, whose `call` is a function of it
loading   `load_model` of a folder
"""
