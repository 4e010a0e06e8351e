from stillflow.layers.slim.nets import alexnet as alexnet
from stillflow.layers.slim.nets import inception as inception
from stillflow.layers.slim.nets import overfeat as overfeat
from stillflow.layers.slim.nets import resnet_utils as resnet_utils
from stillflow.layers.slim.nets import resnet_v1 as resnet_v1
from stillflow.layers.slim.nets import resnet_v2 as resnet_v2
from stillflow.layers.slim.nets import vgg as vgg
