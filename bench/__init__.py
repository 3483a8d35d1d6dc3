"""The instrument: what the room costs, beside what others cost, in the same run on one machine.
`README.md` says what each number is."""
