"""`mostovi probe measure`: measures from a school's own server, keeps what it cannot send, says why."""
