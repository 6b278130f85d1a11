"""From settings to the arguments of components: the one place, with `__main__.py`, that knows both."""
