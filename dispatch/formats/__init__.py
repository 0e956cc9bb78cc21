"""How days and hours are written on the screens: in all languages as they are typed, 25.11.2026 7:15."""
