from stillflow.api.contrib import framework as framework
from stillflow.api.contrib import layers as layers
from stillflow.api.contrib import learn as learn
from stillflow.api.contrib import losses as losses
from stillflow.api.contrib import nn as nn
from stillflow.api.contrib import rnn as rnn
from stillflow.api.contrib import slim as slim
from stillflow.api.contrib import training as training
