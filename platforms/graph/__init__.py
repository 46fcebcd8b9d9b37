"""What Facebook, Instagram and Threads share: Meta's Graph API. No platform of its own."""
