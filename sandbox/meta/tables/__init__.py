"""What the calls of Pages accept, typed by hand; a test holds the names against the official node specifications."""
