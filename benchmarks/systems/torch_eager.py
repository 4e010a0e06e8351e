"""PyTorch, eager."""

import torch
from systems import data


def _identity(function):
    return function


compiled = _identity  # systems.torch_compiled sets it to torch.compile


def small_step():
    w1 = torch.nn.Parameter(torch.from_numpy(data.weights(2, 3)))
    w2 = torch.nn.Parameter(torch.from_numpy(data.weights(3, 1)))
    optimizer = torch.optim.SGD([w1, w2], lr=0.001)
    x, y = map(torch.from_numpy, data.points())
    loss = compiled(lambda: torch.mean((x @ w1 @ w2 - y) ** 2))

    def step():
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    return step


class _Network(torch.nn.Module):
    def __init__(self, inputs, width, classes):
        super().__init__()
        self.hidden = torch.nn.Linear(inputs, width)
        self.output = torch.nn.Linear(width, classes)
        with torch.no_grad():
            self.hidden.weight.copy_(torch.from_numpy(data.weights(inputs, width).T))
            self.output.weight.copy_(torch.from_numpy(data.weights(width, classes).T))

    def forward(self, x):
        return self.output(torch.relu(self.hidden(x)))


def mnist_step(inputs=784, width=500, classes=10, batch=200):
    network = _Network(inputs, width, classes)
    weights = [network.hidden.weight, network.output.weight]
    biases = [network.hidden.bias, network.output.bias]
    groups = [{"params": weights, "weight_decay": data.WEIGHT_DECAY}, {"params": biases}]
    optimizer = torch.optim.SGD(groups, lr=data.LEARNING_RATE, momentum=data.MOMENTUM)
    schedule = torch.optim.lr_scheduler.StepLR(
        optimizer, data.STEPS_PER_EPOCH, data.LEARNING_RATE_DECAY
    )
    averages = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(data.AVERAGE_DECAY)
    )
    loss_of = torch.nn.CrossEntropyLoss()
    loss = compiled(lambda x, y: loss_of(network(x), y.argmax(1)))
    xs, ys = data.images(batch, inputs, classes)

    def step():
        optimizer.zero_grad()
        value = loss(torch.from_numpy(xs), torch.from_numpy(ys))
        value.backward()
        optimizer.step()
        schedule.step()
        averages.update_parameters(network)
        return value.item()

    return step


def inference(rows=10000):
    network = _Network(784, 500, 10)
    predict = compiled(lambda x: network(x).argmax(1))
    xs, _ = data.images(rows)

    def step():
        with torch.no_grad():
            return predict(torch.from_numpy(xs)).numpy()

    return step


def chain(length):
    def run(x):
        for _ in range(length):
            x = torch.tanh(x)
        return x

    run = compiled(run)
    xs = data.weights(1, 100)[0]

    def step():
        with torch.no_grad():
            return run(torch.from_numpy(xs)).numpy()

    return step
