"""``python -m agent`` is the command ``netcover``."""

from agent.cli import main

if __name__ == "__main__":
    main()
