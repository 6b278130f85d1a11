"""`make preview`, `up`, `destroy` and `recover`: the engine, set up so that a clean clone can use it."""
