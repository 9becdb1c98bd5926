"""seed_demo, demo_accounts and prepare_demo."""
