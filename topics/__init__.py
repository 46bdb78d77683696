"""Finds and tags the themes of Chinese articles. Names only; each is loaded when first used."""
