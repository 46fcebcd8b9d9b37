"""What a page says of itself: shown, and changed where two members want it."""
