"""The views of the Patches page: one file each, with TITLE and render(view), and the parts they share."""
