"""The demonstration's authorities: certificates, directory and time stamps. For `mostovi demo` alone."""
