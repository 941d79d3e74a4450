"""The load: requests made beforehand, on raw sockets, in a process of its own."""
