"""A Kubernetes control plane and an AWS stand-in on this machine, for previews, demonstrations and end-to-end tests."""
