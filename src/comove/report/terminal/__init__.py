"""Characters on a grid: widths, wrapping, columns, bars and the colours around them."""
