"""Output formats, one file each; every file offers ``writer``, a :class:`core.protocols.Writer`."""
