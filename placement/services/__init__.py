"""Writing about placement, one file a noun. Read ``moves`` first: every change of a referral goes through it."""
