"""Training: optimizers, schedules, averages, checkpoints."""
