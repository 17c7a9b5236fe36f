"""The views of the Words page: one file each, with TITLE and render(view, task); beside them the text, the task and its training."""
