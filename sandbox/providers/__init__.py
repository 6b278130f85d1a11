"""Stand-ins for the Kubernetes, AWS and random provider plugins, where the real ones cannot be downloaded."""
