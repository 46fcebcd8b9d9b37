"""A pretend Graph API: Facebook Pages, Instagram, Threads and the Marketing API on one port of localhost."""
