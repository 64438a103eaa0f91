"""Django's database backend for PostgreSQL, patient with a server that is being restarted."""
