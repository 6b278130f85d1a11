"""Generated code: `args.py` of every package of components, from the specifications of the components."""
