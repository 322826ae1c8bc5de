"""People, households, employers, areas and agencies, and how they are found."""
