"""`tf.saved_model`: a graph, its variables and what it is called with, in one folder.

names         file names, collections, signature keys, tags
message       the SavedModel proto
signatures    SignatureDefs: which tensors go in and come out
assets        files that a graph reads, carried along
main_op       what is run once a model is loaded
builder       `SavedModelBuilder` and `simple_save`
loader        `load`
"""
