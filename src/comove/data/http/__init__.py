"""The one way out: every call to a service, with its patience, its limits and its manners."""
