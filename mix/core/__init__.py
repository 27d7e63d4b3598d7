"""What a channel is and how it changes: pure, without await, stream, clock or dice."""
