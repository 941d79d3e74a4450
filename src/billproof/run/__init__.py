"""What one run is: its plan, which every process of it reads, and the records they write."""
