"""What we measure against others, side by side in one run: `make bench`. Nothing in the house imports it."""
