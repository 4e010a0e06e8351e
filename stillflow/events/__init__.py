"""Event files: what a program reports of its training, and TensorBoard shows."""
