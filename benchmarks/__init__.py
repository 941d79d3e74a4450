"""How fast the project's parts are, beside what else there is: `./nox -s bench -- NAME`."""
