"""Pictures: what is printed, saved or shown as an image; and the one palette of all figures."""
