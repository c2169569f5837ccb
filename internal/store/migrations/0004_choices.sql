-- The language that a learner of the settings has chosen, which the settings cannot keep.
CREATE TABLE choice (
	id     INTEGER PRIMARY KEY,
	who    BLOB NOT NULL UNIQUE,
	sealed BLOB NOT NULL
);
