"""Work for a team: who takes which seat, what keeps a seat empty, what a person earns. Pure: no rows, no words."""
