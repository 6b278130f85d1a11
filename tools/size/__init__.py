"""`make size`: the sizes and limits that a stack's expected load needs, as settings to commit."""
