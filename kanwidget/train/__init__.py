"""Training: losses, penalties, optimisers, the trainer that yields steps, importance and pruning."""
