"""Writing about placement, one file a noun. Read ``transitions`` first: every change of a referral goes through it."""
