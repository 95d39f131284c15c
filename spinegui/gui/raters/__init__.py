"""Who labels: users, blind sessions, agreement between raters, consensus, disagreements."""
