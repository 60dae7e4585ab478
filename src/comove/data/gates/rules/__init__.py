"""The rules, one file each; a file that is added here runs with the others."""
