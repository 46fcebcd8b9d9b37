"""What the team publishes: drafted, reviewed, scheduled, sent, taken down."""
