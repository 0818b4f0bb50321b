"""What tests stand on: databases, servers and the cast."""
