"""What may be read of services, and by whom."""
