"""Pretend services on localhost that speak the real protocols, and the page that shows them.

Nothing here is imported by the bot, and nothing here imports the bot: both meet over HTTP only.
"""
