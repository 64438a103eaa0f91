"""One helper topic per file. No tables here, and nothing here knows an app."""
