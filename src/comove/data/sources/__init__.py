"""Services that publish series: one file each, two pure functions around one shared HTTP layer."""
