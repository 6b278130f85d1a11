"""Object storage: the buckets, and each consumer's access to its own."""
