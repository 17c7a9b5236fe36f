"""Grammar files of the built-in corpora, written for this program."""
