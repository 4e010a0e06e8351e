import torch

print(torch.nn.Linear.__name__)
