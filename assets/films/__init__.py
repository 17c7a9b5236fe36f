"""16,975 films from Wikidata (CC0); see README.md."""
