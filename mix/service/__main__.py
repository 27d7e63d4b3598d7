"""`python -m mix.service` is `mixd`."""

from mix.service.cli import main

if __name__ == "__main__":
    main()
