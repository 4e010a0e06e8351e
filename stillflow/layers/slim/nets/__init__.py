"""Known networks for images (`tf.contrib.slim.nets`): AlexNet, OverFeat, VGG, Inception, ResNet."""
