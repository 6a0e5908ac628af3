"""What schools measure, where it is shown, and where to invest next."""
