"""Programs that run in a consumer's own environment: each loads an export and does what its users do."""
