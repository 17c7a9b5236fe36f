"""What the Explore page is made of: the wish for a picture, its drawing, the question asked of it, and its views."""
