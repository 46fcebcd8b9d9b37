"""A pretend Mastodon server on localhost, as strict as the real one."""
