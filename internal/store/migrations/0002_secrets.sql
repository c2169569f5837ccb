-- A learner's shared secret outlives the sessions in which it is used, and the learner may be one of the settings.
CREATE TABLE secrets (
	id     INTEGER PRIMARY KEY,
	who    BLOB NOT NULL UNIQUE,
	sealed BLOB NOT NULL
);
