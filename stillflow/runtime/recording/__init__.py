"""What a program's runs did, on which tier and why, for those who ask: `stillflow explain`."""
