"""tf1_mnist.py in PyTorch."""

import sys

import torch
from batches import Batches

train, steps = Batches(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5000
network = torch.nn.Sequential(torch.nn.Linear(784, 500), torch.nn.ReLU(), torch.nn.Linear(500, 10))
weights = [network[0].weight, network[2].weight]
biases = [network[0].bias, network[2].bias]
groups = [{"params": weights, "weight_decay": 0.0001}, {"params": biases}]
optimizer = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, 275, 0.99)
averages = torch.optim.swa_utils.AveragedModel(
    network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99)
)
loss = torch.nn.CrossEntropyLoss()
for i in range(steps):
    xs, ys = map(torch.from_numpy, train.next_batch(200))
    optimizer.zero_grad()
    value = loss(network(xs), ys.argmax(1))
    value.backward()
    optimizer.step()
    schedule.step()
    averages.update_parameters(network)
    if i % 1000 == 0:
        print(i, value.item())
