"""What a worker can do: one kind of job a file."""
