"""The command `copier-keras`: makes a project with copier, from the address that this package was installed from."""
