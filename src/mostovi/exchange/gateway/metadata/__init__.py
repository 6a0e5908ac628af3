"""What X-Road clients ask to find their way: members, methods, descriptions, verification configuration."""
