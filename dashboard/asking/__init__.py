"""Questions to an embedding, the same on every page: a line and its answer, and words against each other."""
