"""`python -m billproof`."""

from billproof.cli import main

if __name__ == "__main__":
    main()
