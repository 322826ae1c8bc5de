"""Who may do and see what, and the sealing of private values."""
