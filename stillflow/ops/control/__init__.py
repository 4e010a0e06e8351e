"""What orders operations, and what chooses between them."""
