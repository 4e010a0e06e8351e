"""PyTorch with `torch.compile` around the loss."""

import torch
from systems import torch_eager

torch_eager.compiled = torch.compile
small_step = torch_eager.small_step
mnist_step = torch_eager.mnist_step
inference = torch_eager.inference
cnn_step = torch_eager.cnn_step
cnn_inference = torch_eager.cnn_inference
