"""`make settings`: what a stack's settings come to, and where each of them comes from."""
