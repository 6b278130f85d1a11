"""What the program and its commands cost, as a table; it informs and never fails."""
