"""Each server that is measured: where it comes from, and how it is started."""
