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


class _Convolutional(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(1, 32, 5, padding=2)
        self.second = torch.nn.Conv2d(32, 64, 5, padding=2)
        self.hidden = torch.nn.Linear(7 * 7 * 64, 1024)
        self.output = torch.nn.Linear(1024, 10)

    def forward(self, x):
        for layer in self.first, self.second:
            x = torch.nn.functional.max_pool2d(torch.relu(layer(x)), 2)
        hidden = torch.relu(self.hidden(x.flatten(1)))
        return self.output(torch.nn.functional.dropout(hidden, 0.5, self.training))


def _cnn_training():
    network = _Convolutional()
    optimizer = torch.optim.Adam(network.parameters(), 1e-4)
    loss_of = torch.nn.CrossEntropyLoss()
    loss = compiled(lambda x, y: loss_of(network(x), y))

    def step(xs, ys):
        optimizer.zero_grad()
        value = loss(torch.from_numpy(xs).view(-1, 1, 28, 28), torch.from_numpy(ys))
        value.backward()
        optimizer.step()
        return value.item()

    return step


def cnn_step(batch=128):
    train, (xs, ys) = _cnn_training(), data.images(batch)
    return lambda: train(xs, ys)


def cnn_lengths(lengths=50, least=8):
    train, batches = _cnn_training(), [data.images(least + i) for i in range(lengths)]
    return lambda: [train(xs, ys) for xs, ys in batches]


def cnn_inference(batch=128):
    network = _Convolutional().eval()
    predict = compiled(lambda x: network(x).argmax(1))
    xs, _ = data.images(batch)

    def step():
        with torch.no_grad():
            return predict(torch.from_numpy(xs).view(-1, 1, 28, 28)).numpy()

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
