"""What happens around a training: logs, checkpoints, schedules, early ends."""
