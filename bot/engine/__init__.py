"""Engines: where due deliveries run. Each has start, stop and wake; the row decides, not the engine."""
