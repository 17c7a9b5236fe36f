"""The views of the Positions page: one file each, with TITLE and render(view)."""
