"""How what is due leaves, and what is done when nobody knows whether it did."""
