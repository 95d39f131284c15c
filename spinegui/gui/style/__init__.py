"""How everything looks: palettes, stylesheet, icons, motion; decided only here."""
