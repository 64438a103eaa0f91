"""Names and password of the accounts that `make run` prints; production refuses to start while one still has it."""

DEMO_PASSWORD = "passerelle-demo"  # noqa: S105
DEMO_NAMES = ("learner", "trainer", "employer", "manager", "admin")
