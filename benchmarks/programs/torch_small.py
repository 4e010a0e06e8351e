"""tf1_small.py in PyTorch."""

import numpy as np
import torch

BATCH, STEPS = 8, 3000
X = np.random.RandomState(23455).rand(32, 2)
Y = torch.tensor([[float(x0 + x1 < 1)] for x0, x1 in X])
X = torch.tensor(X, dtype=torch.float32)

torch.manual_seed(1)
w1 = torch.nn.Parameter(torch.randn(2, 3))
w2 = torch.nn.Parameter(torch.randn(3, 1))
optimizer = torch.optim.SGD([w1, w2], lr=0.001)


def loss(x, y):
    return torch.mean((x @ w1 @ w2 - y) ** 2)


for i in range(STEPS):
    start = (i * BATCH) % 32
    end = start + BATCH
    optimizer.zero_grad()
    loss(X[start:end], Y[start:end]).backward()
    optimizer.step()
    if i % 500 == 0:
        print(i, loss(X, Y).item())
print(w1, w2)
