"""Built-in word lists with classes, written for this program."""
