"""What the public says: shown, held by a member, answered, moderated."""
