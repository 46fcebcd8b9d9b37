"""Money behind a publication: wished for, agreed to, ordered, watched, stopped."""
