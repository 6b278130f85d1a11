"""`make diff`: what a change of this project changes in the objects of a stack."""
