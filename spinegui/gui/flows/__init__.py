"""One user story a file; each flow has one public run()."""
