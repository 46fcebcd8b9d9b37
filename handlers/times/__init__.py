"""Times and zones as people type them."""
