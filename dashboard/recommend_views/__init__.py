"""The views of the Recommend page."""
