"""Runs and listens: the process, the chats, the web, the clock. One event loop."""
