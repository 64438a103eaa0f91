"""A version of Passerelle that is newer than this one, by two migrations: what the drill of an upgrade upgrades to."""
